"""The people of the tests and what they do through the API of intake."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared import clock
from shared.events.base import Event, to_cloud_event
from shared.events.matching import (
    CareAgreementSigned,
    CareEnded,
    CareStarted,
    IntroductionHeld,
    MatchProposed,
)
from shared.identity import authorizer, signed_links
from shared.identity.claims import ACT_FOR_FAMILY
from shared.principal import Principal
from tests.support.api import Answer, Api
from tests.support.world import World, at

GUARDIAN = "gua_01ARZ3NDEKTSV4RRFFQ69G5FAV"
PHONE = "+79161234567"
NAME = "Анна"
WORDS = "Крыша течёт, дети мёрзнут"


def staff(name: str, role: str, region: str = "ZR", **more: Any) -> Principal:
    """A person of the staff."""
    return Principal(id=name, kind="person", role=role, roles=(role,), regions=(region,), **more)


OPERATOR = staff("OP-1", "hotline_operator")
HQ = staff("HQ-1", "regional_hq")
HQ_2 = staff("HQ-2", "regional_hq")
HQ_Y = staff("HQ-Y", "regional_hq", "YY")
REP = staff("GR-1", "guardian_rep", org=GUARDIAN)
ASSISTANT = staff("PA-1", "public_assistant", districts=("D01",))
OFFICE_D05 = staff("DO-5", "district_office", districts=("D05",))
BOT = Principal(
    id="bot-1",
    kind="machine",
    role="bot",
    roles=("bot",),
    regions=("ZR",),
    scopes=(ACT_FOR_FAMILY, "bind_people", "family_requests"),
)


def request(**changes: Any) -> dict[str, Any]:
    """A family's call as an operator writes it down."""
    plain: dict[str, Any] = {
        "region": "ZR",
        "district_id": "D01",
        "initiated_by": "self",
        "applicant_relation": "parent",
        "family": {"members": [{"relation": "parent"}, {"relation": "child", "born": "2019-03"}]},
        "needs": [
            {"category": "household_help"},
            {"category": "repair_work", "text": WORDS},
        ],
        "text": "Муж далеко, одной тяжело",
        "contact": {"name": NAME, "channel": "sms", "phone": PHONE},
        "consents": {"processing": True, "share_need_categories": True, "contact": True},
    }
    return {name: value for name, value in (plain | changes).items() if value is not None}


@dataclass
class IntakeClient:
    """Intake's API, and shortcuts to what tests begin with."""

    world: World
    keys: int = 0
    facts: int = 0

    def api(self, who: Principal | None) -> Api:
        """The API as somebody calls it."""
        return self.world.api("intake", who)

    def post(self, who: Principal | None, path: str, body: Any = None, **more: Any) -> Answer:
        """A command under a key of its own."""
        self.keys += 1
        return self.api(who).post(path, body, **({"key": f"key-{self.keys}"} | more))

    def get(self, who: Principal | None, path: str, **query: Any) -> Answer:
        """A read."""
        return self.api(who).get(path, query=query)

    def do(self, who: Principal | None, path: str, body: Any = None, **more: Any) -> Any:
        """A command that succeeds."""
        answer = self.post(who, path, body, **more)
        assert answer.status in (200, 201), answer.text
        self.world.settle()
        return answer.json

    # families on their way

    def asked(self, **changes: Any) -> Any:
        """A request came in; what the operator is answered."""
        return self.do(OPERATOR, "/requests", request(**changes))

    def received(self, **changes: Any) -> str:
        """A request came in and made a case, or joined one."""
        return str(self.asked(**changes)["case_id"])

    def in_review(self, **changes: Any) -> str:
        """A coordinator has clarified its needs."""
        case = self.received(**changes)
        self.do(HQ, f"/cases/{case}/take")
        self.do(HQ, f"/cases/{case}/needs", {"confirm": self.needs(case)})
        return case

    def waiting(self, **changes: Any) -> str:
        """The marker is set."""
        case = self.in_review(**changes)
        marker = {"long_term_need": True, "reason": "alone_with_children"}
        self.do(HQ, f"/cases/{case}/care-requirement", marker)
        return case

    def matched(self, match: str = "mat_1", **changes: Any) -> str:
        """A guardian is proposed."""
        case = self.waiting(**changes)
        self.hear(self.proposed(case, match))
        return case

    def introduced(self, match: str = "mat_1", **changes: Any) -> str:
        """Family and guardian have met."""
        case = self.matched(match, **changes)
        now = clock.now()
        self.hear(IntroductionHeld(**self.of_match(case, match), held_at=now, in_time=True))
        return case

    def in_care(self, match: str = "mat_1", **changes: Any) -> str:
        """The first help was given."""
        case = self.introduced(match, **changes)
        self.hear(CareAgreementSigned(**self.of_match(case, match)))
        self.hear(self.started(case, match))
        return case

    def needs(self, case: str) -> list[str]:
        """The ids of the open needs."""
        view = self.get(HQ, f"/cases/{case}").json
        return [need["need_id"] for need in view["needs"] if need["status"] == "open"]

    def wait(self, days: float) -> None:
        """Days pass, and what falls due happens."""
        with self.world.service("intake"):
            now = clock.now()
        self.world.advance(now + timedelta(days=days))

    def view(self, case: str) -> Any:
        """A case as headquarters sees it."""
        return self.get(HQ, f"/cases/{case}").json

    def family(self, case: str) -> str:
        """The family of a case."""
        return str(self.view(case)["family"]["id"])

    def of_family(self, case: str) -> str:
        """The address of the family of a case."""
        return f"/families/{self.family(case)}"

    # families without accounts

    def ask_for_code(self, phone: str = PHONE, **more: Any) -> Answer:
        """Somebody asks for a code to a phone."""
        return self.post(None, "/sign-ins", {"contact": phone, **more})

    def message_of(self, sign_in: str) -> dict[str, Any]:
        """What notifications would be told of where a code goes."""
        return self.told(sign_in, "sign_in_requested_family")

    def told(self, reference: str, template: str) -> dict[str, Any]:
        """What notifications would be told of where a message goes."""
        item = {"reference": reference, "event_id": "e", "template": template}
        return dict(
            self.world.call("intake", "resolve_recipients", {"items": [item]})["recipients"][0]
        )

    def code_of(self, sign_in: str) -> str:
        """The code that a phone gets."""
        return str(self.message_of(sign_in)["variables"]["sign_in_code"])

    def enter_code(self, sign_in: str, code: str | None = None, **more: Any) -> Answer:
        """A code is entered: the right one, or another."""
        body = {"code": code or self.code_of(sign_in), **more}
        return self.post(None, f"/sign-ins/{sign_in}/token", body)

    def sign_in(self, phone: str = PHONE, **more: Any) -> dict[str, Any]:
        """The tokens of a family that signs in by a phone."""
        answer = self.enter_code(self.ask_for_code(phone).json["id"], **more)
        assert answer.status == 200, answer.text
        return dict(answer.json)

    def bind(self, chat: str = "chat-1", phone: str = PHONE, bot: Principal = BOT) -> Answer:
        """A family types the code that came to its phone in a bot's chat."""
        asked = self.do_asked(bot, chat, phone)
        return self.post(bot, f"/bindings/{asked}/token", {"code": self.code_of(asked)})

    def do_asked(self, bot: Principal, chat: str, phone: str = PHONE) -> str:
        """A bot asks for a code; the id of the sign-in."""
        asked = self.post(bot, "/bindings", {"contact": phone, "chat": chat})
        assert asked.status == 202, asked.text
        return str(asked.json["id"])

    def recognise(self, access_token: str) -> Principal:
        """Whom the platform's authorizer recognises by a token."""
        with self.world.service("intake"):
            return authorizer.recognise(f"Bearer {access_token}")

    def signed_in(self, phone: str = PHONE, **more: Any) -> Principal:
        """A family that has signed in by a phone."""
        return self.recognise(self.sign_in(phone, **more)["access_token"])

    # events of matching

    def proposed(self, case: str, match: str = "mat_1") -> MatchProposed:
        """A proposal."""
        due = at("2026-09-17 11:00")
        return MatchProposed(**self.of_match(case, match), introduction_due_at=due, categories=[])

    def started(self, case: str, match: str = "mat_1") -> CareStarted:
        """The first help."""
        return CareStarted(**self.of_match(case, match), started_on=clock.now().date())

    def ended(self, case: str, reason: str, match: str = "mat_1") -> CareEnded:
        """The end of care."""
        return CareEnded(**self.of_match(case, match), reason=reason, open_need_categories=[])

    def hear(self, *events: Event, time: datetime | None = None) -> None:
        """Let intake hear of facts, in this order."""
        for event in events:
            self.queue(event, time=time)
        self.world.settle()

    def queue(self, event: Event, time: datetime | None = None) -> None:
        """Put a fact on intake's queue."""
        self.facts += 1
        with self.world.service("intake"):
            detail = to_cloud_event(
                event,
                event_id=f"evt_{self.facts}",
                time=time or clock.now(),
                sequence=self.facts,
                correlation_id="cor_test",
                causation_id=None,
            )
        body = json.dumps({"detail-type": event.detail_type(), "detail": json.loads(detail)})
        self.world.queue.messages["intake"] += [body] * self.world.copies

    def published(self, kind: str) -> list[Any]:
        """Return the data of the events of one kind that intake has published."""
        return [event["data"] for event in self.world.events(f"intake.{kind}")]

    def link(self, case: str) -> str:
        """A link for the family."""
        return str(self.do(HQ, f"/cases/{case}/links")["link"])

    def old_link(self, case: str) -> str:
        """A link whose time is over."""
        with self.world.service("intake"):
            family = self.family(case)
            return signed_links.issue("own_case", family, case, timedelta(seconds=-1))

    def of_match(self, case: str, match: str) -> dict[str, Any]:
        """What every fact about a match says."""
        return event_fields(case, self.family(case), match)


def event_fields(case: str, family: str, match: str) -> dict[str, Any]:
    """What every fact about a match says."""
    return {
        "region": "ZR",
        "match_id": match,
        "case_id": case,
        "family_id": family,
        "guardian_id": GUARDIAN,
    }


def sealed(client: IntakeClient, prefix: str) -> dict[str, set[str]]:
    """The sealed records whose names begin so, with the fields that each has."""
    return {
        row["sk"]["S"]: {name.removeprefix("f_") for name in row if name.startswith("f_")}
        for row in client.world.rows("intake-data")
        if row["pk"]["S"].startswith("VAULT#") and row["sk"]["S"].startswith(f"{prefix}_")
    }


@contextmanager
def just_before_the_next_write(client: IntakeClient, other: Callable[[], object]) -> Iterator[None]:
    """Let `other` happen between reading and writing of the next command."""
    dynamodb = client.world.dynamodb
    write = dynamodb.transact_write_items
    waiting = [other]

    def interrupted(**request: Any) -> Any:
        if waiting:
            waiting.pop()()
        return write(**request)

    dynamodb.transact_write_items = interrupted  # type: ignore[method-assign]
    try:
        yield
    finally:
        dynamodb.transact_write_items = write  # type: ignore[method-assign]
    assert not waiting, "nothing was written"


@contextmanager
def rows_read(client: IntakeClient) -> Iterator[list[str]]:
    """Note of each read of one row or one partition whose it is, in the order of the reads."""
    dynamodb, read = client.world.dynamodb, list[str]()
    get_item, query = dynamodb.get_item, dynamodb.query

    def got(**asked: Any) -> Any:
        read.append(asked["Key"]["pk"]["S"].partition("#")[0])
        return get_item(**asked)

    def queried(**asked: Any) -> Any:
        read.append(asked["ExpressionAttributeValues"][":p"]["S"].partition("#")[0])
        return query(**asked)

    dynamodb.get_item, dynamodb.query = got, queried  # type: ignore[method-assign]
    try:
        yield read
    finally:
        dynamodb.get_item, dynamodb.query = get_item, query  # type: ignore[method-assign]
