"""Whatever is done to organisations, names, lists, places and what is readable agree."""

from typing import Any

import pytest

from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import AT_WORK
from services.matching.reach.domain import entries_of
from services.matching.reach.queries import ground_of
from tests.matching.any_life import Life, live
from tests.matching.api_client import (
    FEDERAL,
    FEDERAL_2,
    HQ,
    HQ_2,
    HQ_Y,
    TRAINING,
    MatchingClient,
    application,
    checked,
    inn,
    ogrn,
    person,
    rep,
)
from tests.matching.guardians.test_next_steps import said
from tests.matching.steps import Said
from tests.support.repeatable import HISTORIES

STAFF = (FEDERAL, FEDERAL, FEDERAL_2, FEDERAL_2, HQ, HQ_2, HQ_Y, TRAINING)
CHECKS = ("registry", "documents", "reputation")


class GuardiansLife(Life):
    """Three organisations, which apply more than once, with two telephones and two families."""

    rare = frozenset(("reject", "withdraw", "erase_contact", "open_clarification", "fail"))

    def step(self) -> None:
        """One deed by chance."""
        deeds = (self.it_applies, self.a_family_is_helped, self.a_match_ends)
        self.some((*deeds, *[self.it_goes_on] * 9))()
        if self.chance.random() < 0.06:
            self.time_passes(1, 30, 30, 24 * 20, 24 * 340)

    def it_applies(self) -> None:
        number = self.chance.randint(1, 3)
        self.client.keys += 1
        contact = {"name": "Мария", "channel": "sms", "phone": f"+7916000000{number % 2}"}
        body = application(
            inn=inn(number), ogrn=ogrn(number), contact=contact, title=f"ООО «{number}»",
            team_size=self.some((12, 12, 12, 1)), region=self.some(("ZR", "ZR", "YY")),
            district_ids=[], capacity_families=self.chance.randint(1, 2),
        )  # fmt: skip
        who = self.some((None, HQ, FEDERAL))
        self.tries(who, "/applications" if who is None else "/guardians", body)

    def it_goes_on(self) -> None:
        if guardians := self.rows("GUARDIAN"):
            guardian = self.some(guardians)
            colleague = person(f"rep-{guardian}", "regional_hq", "ZR", org=guardian)
            callers = (*STAFF, rep(guardian), rep(guardian), rep(self.some(guardians)), colleague)
            self.takes(f"/guardians/{guardian}", self.said(guardian), callers)

    def said(self, guardian: str) -> Said:
        """What may be said of a guardian, good and bad."""
        day, one = f"{self.client.now().date()}", f"/guardians/{guardian}"
        fails = {"held_on": day, "result": "failed", "reason": "interview_failed"}
        helps: list[dict[str, Any]] = [{"category": "household_help", "max_families": 1}]
        less = {"capabilities": helps, "capacity_families": 1, "district_ids": ["D03"]}
        contact = {"name": "Мария", "channel": "sms", "phone": "+79160000002"}
        return {
            **said(guardian, day),
            "record_check": (f"{one}/checks", tuple(checked(code, day) for code in CHECKS)),
            "move": (f"{one}/assignment", ({"region": "YY"}, {"region": "XX"})),
            "fail": (f"{one}/interview", (fails, fails | {"reason": None})),
            "fail_check": (f"{one}/checks", (checked("reputation", day, passed=False),)),
            "rest": (f"{one}/pause", ({"reason": "holidays", "keep_families": False},)),
            "do_less": (f"PUT {one}/possibilities", (less, less | {"capacity_families": 0})),
            "erase_contact": (f"{one}/contact/erasure", (None,)),
            "replace_contact": (
                f"{one}/contact",
                (
                    {
                        "contact": contact,
                        "contact_role": "head",
                        "consent_processing": True,
                        "evidence": "paper",
                    },
                ),
            ),
        }

    def a_family_is_helped(self) -> None:
        """Propose a guardian at work; every other one that has signed begins to care."""
        ready = [each for each in self.all_of(Guardian, "GUARDIAN") if each.status in AT_WORK]
        if not ready:
            return
        guardian, case = self.some(ready).guardian_id, self.client.waiting()
        match = self.tries(HQ, "/matches", {"case_id": case, "guardian_id": guardian})
        if match.status == 201 and self.chance.random() < 0.5:
            one = f"/matches/{self.client.introduced(match.json['id'])}"
            if self.client.get(HQ, f"/guardians/{guardian}")["participation_agreement_signed"]:
                self.client.agreed(match.json["id"])
                now = self.client.moment()
                self.tries(HQ, f"{one}/visits", {"need_id": "ned_1", "given_at": now})

    def a_match_ends(self) -> None:
        if matches := self.rows("MATCH"):
            one = f"/matches/{self.some(matches)}"
            end = self.some((("cancellation", "mistake"), ("ending", "needs_cannot_be_met")))
            self.tries(HQ, f"{one}/{end[0]}", {"reason": end[1]})

    def check(self) -> None:
        """Compare what says something of the same organisation."""
        guardians = self.all_of(Guardian, "GUARDIAN")
        living = [each for each in guardians if not each.decided_against]
        assert self.unique("INN") == {
            each.inn_index: each.guardian_id for each in living if each.duplicate_of is None
        }, self.done
        contacts = {each.guardian_id for each in guardians if each.contact_index is not None}
        assert {each for each in self.readable() if each.startswith("gua_")} == contacts, self.done
        self.check_places(guardians)
        self.check_lists(guardians)
        self.comes_to_rest()

    def check_places(self, guardians: list[Guardian]) -> None:
        matches = self.rows("MATCH").values()
        over = ("ended", "declined", "cancelled")
        for each in guardians:
            own = {
                match["match_id"]
                for match in matches
                if match["guardian_id"] == each.guardian_id and match.get("status") not in over
            }
            assert {place.match_id for place in each.places} == own, self.done
            assert each.free_capacity >= 0, self.done
            room = {helps.category: helps.max_families for helps in each.capabilities}
            for kind, families in each.promised.items():
                assert families <= (room[kind] or families), (kind, self.done)
            caring = any(place.active for place in each.places)
            assert each.status not in ("ready", "caring") or (each.status == "caring") is caring
            assert not (each.decided_against and each.places), self.done

    def check_lists(self, guardians: list[Guardian]) -> None:
        rows = self.client.world.dynamodb.rows("matching-data")
        with self.client.world.service("matching"):
            wanted = {
                (each.guardian_id, entry.region, entry.district, entry.kind, entry.status)
                for each in guardians
                for entry in entries_of(each, ground_of(each.home_region))
            }
        found = set()
        for pk, sk in rows:
            kind, _, place = pk.partition("#")
            if kind in ("REACH", "REGISTER"):
                (region, district), (what, *status, guardian) = place.split("#"), sk.split("#")
                found.add((guardian, region, district, what, *(status or [""])))
        assert found == wanted, self.done
        for who, region in ((HQ, "ZR"), (HQ_Y, "YY")):
            own = {each.guardian_id for each in guardians if each.visible_region == region}
            seen = {
                each.guardian_id
                for each in guardians
                if self.client.api(who).get(f"/guardians/{each.guardian_id}").status == 200
            }
            listed = self.client.get(who, "/guardians")["items"]
            assert seen == own == {each["guardian_id"] for each in listed}, self.done

    def check_offers(self) -> None:
        """Try what is offered of one guardian."""
        for guardian in [*self.rows("GUARDIAN")][-1:]:
            steps = said(guardian, f"{self.client.now().date()}", f"АО «{len(self.done)}»")
            callers = {FEDERAL, FEDERAL_2, HQ, HQ_2, HQ_Y, rep(guardian)}
            self.is_offered_what_succeeds(f"/guardians/{guardian}", steps, callers)


@pytest.mark.parametrize("seed", HISTORIES)
def test_names_lists_places_and_words_agree(client: MatchingClient, seed: int) -> None:
    for _ in range(2):
        client.ready()
    live(GuardiansLife(client, seed))
