"""Whatever telephony says, late or twice, who rang in vain or was cut off is called back, once."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from services.intake.families.vault_records import phone_key
from services.intake.telephony.repository import id_of
from shared import clock
from shared.privacy.vault import Vault
from tests.intake.api_client import OPERATOR, IntakeClient, request, staff
from tests.intake.telephony import signed
from tests.support.repeatable import HISTORIES

PHONES = ("+79160000001", "+79160000002")
OTHER = staff("OP-2", "hotline_operator")
RESULTS = ("reached", "no_answer", "busy", "wrong_number")


class Life:
    """Calls of two phones, one after the other, and operators who call back.

    `talked` are the moments at which calls began in which people talked, `missed` those of calls in
    vain with the moment at which that was heard, `cut` those that an operator said broke off; each
    by the call.
    """

    def __init__(self, client: IntakeClient, seed: int) -> None:
        self.client, self.chance, self.calls = client, random.Random(seed), 0
        self.unsaid: list[tuple[str, str, dict[str, Any], str]] = []
        self.talked: dict[str, dict[str, str]] = {each: {} for each in PHONES}
        self.missed: dict[str, dict[str, tuple[str, str]]] = {each: {} for each in PHONES}
        self.cut: dict[str, dict[str, tuple[str, str]]] = {each: {} for each in PHONES}
        self.told: dict[str, tuple[str, str]] = {}

    def step(self) -> None:
        deeds = [self.ring] * 2 + [self.hear] * 6 + [self.operate] * 4
        deeds += [self.cut_off, self.wait, self.register]
        self.chance.choice(deeds)()
        self.client.world.settle()

    def ring(self) -> None:
        """A call goes by; nothing of it is said yet."""
        self.calls += 1
        call, began = f"c{self.calls}", self._later(20, least=1)
        way = self.chance.choice(("in", "in", "in", "out"))
        about = {"phone": self.chance.choice(PHONES), "direction": way}
        answered = self.chance.random() < 0.4
        self.unsaid.append(("ringing", call, about | {"at": began}, began))
        if answered:
            self.unsaid.append(("answered", call, about | {"at": self._later(20)}, began))
        end = about | {"at": self._later(99), "answered": answered}
        self.unsaid.append(("ended", call, end, began))

    def hear(self) -> None:
        """Telephony says something of the latest calls, not always for the last time."""
        if not self.unsaid:
            return
        said = self.chance.choice(self.unsaid[:5])
        if self.chance.random() < 0.8:
            self.unsaid.remove(said)
        kind, call, about, began = said
        now = self._later(0)
        assert signed.say(self.client, kind, call, **about).status == 200
        phone = about["phone"]
        self.told[call] = phone, began
        if kind == "answered" or about.get("answered"):
            self.talked[phone][call] = began
        elif kind == "ended" and about["direction"] == "in":
            self.missed[phone].setdefault(call, (began, now))

    def operate(self) -> None:
        """An operator claims a call, unless a colleague has it, and at times makes it."""
        who = self.chance.choice((OPERATOR, OTHER))
        for one in self._waiting()[:1]:
            path = f"/call-backs/{one['id']}"
            offered = self.client.get(who, path).json["next_steps"]
            claimed = self.client.post(who, f"{path}/claim").status == 200
            assert claimed is bool(offered)
            if claimed:
                assert self.client.get(who, f"{path}/phone").json["phone"] in PHONES
            if claimed and self.chance.random() < 0.6:
                self.client.do(who, f"{path}/attempts", {"result": self.chance.choice(RESULTS)})

    def cut_off(self) -> None:
        """An operator says that one of the latest calls broke off."""
        for call in self.chance.sample(list(self.told)[-4:], min(1, len(self.told))):
            phone, began = self.told[call]
            path = f"/live-calls/{id_of('pbx', call)}/broken-off"
            said = self.client.post(OPERATOR, path)
            assert said.status == 201 or said.code in ("call_back_is_ended", "not_found_phone_call")
            if said.status == 201:
                self.talked[phone][call] = began
                self.cut[phone].setdefault(call, (began, self._later(0)))

    def wait(self) -> None:
        self.client.wait(self.chance.choice((0.01, 0.05, 0.2, 1, 8)))

    def register(self) -> None:
        contact = {"name": "Анна", "channel": "sms", "phone": self.chance.choice(PHONES)}
        self.client.post(OPERATOR, "/requests", request(contact=contact, urgency="urgent"))

    def check(self) -> None:
        """Compare the call-backs of each phone with what was heard of its calls."""
        rows = self.client.world.dynamodb.rows("intake-data")
        kept = [json.loads(r["doc"]["S"]) for (_, sk), r in rows.items() if sk == "CALL_BACK"]
        calls = [json.loads(r["doc"]["S"]) for (_, sk), r in rows.items() if sk == "PHONE_CALL"]
        phone_of = {each["call_id"]: each["index"] for each in calls}
        names = [r["held_by"]["S"] for (pk, _), r in rows.items() if "UNIQUE#CALL_BACK#" in pk]
        waiting = [each["id"] for each in self._waiting()]
        assert sorted(names) == sorted(waiting)
        for phone in PHONES:
            with self.client.world.service("intake"):
                index = phone_key(phone, Vault.connect())
            theirs = [each for each in kept if phone_of[each["call_id"]] == index]
            asked = [each for each in theirs if each["call_back_id"] in waiting]
            talked, cut = self.talked[phone], self.cut[phone]
            since = max(talked.values(), default="")
            ended = (each["ended_at"] for each in theirs if each not in asked)
            over = max(map(_to_the_millisecond, ended), default="")
            lost = [
                began
                for began, heard in self.missed[phone].values()
                if began > since and _to_the_millisecond(heard) > over
            ]
            lost += [
                began
                for began, said in cut.values()
                if began >= since and _to_the_millisecond(said) > over
            ]
            since = max((at for call, at in talked.items() if call not in cut), default="")
            assert len(asked) <= 1 and (asked or not lost), (phone, lost, theirs)
            assert all(each["missed_at"] > since for each in asked), (phone, since, asked)

    def _waiting(self) -> list[Any]:
        pages = (
            self.client.get(OPERATOR, "/call-backs", status=status).json["items"]
            for status in ("open", "claimed")
        )
        return [each for page in pages for each in page]

    def _later(self, most: int, least: int = 0) -> str:
        """Let some seconds pass; return the moment."""
        with self.client.world.service("intake"):
            now = clock.now() + timedelta(seconds=self.chance.randint(least, most))
        self.client.world.advance(now)
        return clock.iso(now)


def _to_the_millisecond(moment: str) -> str:
    """Return a moment as exact as the moments of the test: rows have microseconds."""
    return moment[: len("2026-09-14T05:39:00.000")]


@pytest.mark.parametrize("seed", HISTORIES)
def test_whom_no_one_has_talked_to_is_called_back(client: IntakeClient, seed: int) -> None:
    signed.connect(client)
    life = Life(client, seed)
    for _ in range(150):
        life.step()
        life.check()
