"""A region with all services: its people, and the steps that bring a family to help."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

import pytest

from services.notifications.channels.port import OutgoingMessage
from services.notifications.channels.registry import Channels
from shared import clock
from shared.principal import Principal
from tests.matching.api_client import checked, inn, ogrn, read_text
from tests.notifications.fakes import FakeProvider
from tests.support.api import Answer, Api
from tests.support.world import World, at, world_at

EVIDENCE = {"evidence": "spoken_by_phone"}
WORDS = "Две козы и собака"
API_URL = "https://ryadom.test"


def _person(name: str, role: str, *regions: str, **more: Any) -> Principal:
    return Principal(name, "person", role, (role,), regions, **more)


OPERATOR = _person("OP-1", "hotline_operator", "ZR")
HQ = _person("HQ-1", "regional_hq", "ZR")
FEDERAL = _person("FH-1", "federal_hq", "*")
FEDERAL_2 = _person("FH-2", "federal_hq", "*")
OPERATIONS = _person("OPS-1", "operations", "*")
LEADER = _person("CL-1", "community_leader", "ZR")
AUTHORITY = _person("RA-1", "regional_authority", "ZR")


def rep(guardian: str) -> Principal:
    """A guardian's representative."""
    return _person(f"rep-{guardian}", "guardian_rep", org=guardian)


def holder(name: str) -> Principal:
    """A foster parent."""
    return _person(name, "foster_parent", "ZR")


@dataclass
class RegionClient:
    """Calls of all people who work with one family, over the real handlers of all services."""

    world: World
    gateway: FakeProvider
    calls: int = 0

    @classmethod
    @contextmanager
    def staffed_at(cls, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Self]:
        """Begin at that moment with a headquarters and without a family."""
        with world_at(moment) as world:
            gateway = FakeProvider()
            monkeypatch.setattr(Channels, "connect", lambda: gateway)
            world.environment = {"API_URL": API_URL}
            client = cls(world, gateway)
            client.staffed()
            yield client

    def api(self, service: str, who: Principal | None) -> Api:
        """A service's API, as somebody calls it."""
        return self.world.api(service, who)

    def post(self, who: Principal | None, path: str, body: Any = None, **headers: str) -> Answer:
        """A command, `/<service>/<route>`, and everything it causes."""
        self.calls += 1
        service, _, route = path.lstrip("/").partition("/")
        api = self.api(service, who).with_(**headers)
        answer = api.post(f"/{route}", body, key=f"key-{self.calls}")
        self.world.settle()
        return answer

    def do(self, who: Principal | None, path: str, body: Any = None, **headers: str) -> Any:
        """A command that succeeds."""
        answer = self.post(who, path, body, **headers)
        assert answer.status in (200, 201), answer.text
        return answer.json

    def get(self, who: Principal | None, path: str, **query: Any) -> Any:
        """A read that succeeds."""
        service, _, route = path.lstrip("/").partition("/")
        answer = self.api(service, who).get(f"/{route}", query=query)
        assert answer.status == 200, answer.text
        return answer.json

    def opened(self, url: str) -> int:
        """The status of a page whose link somebody follows."""
        service, _, route = url.removeprefix(f"{API_URL}/").split("/", 2)
        return self.api(service, None).get(f"/{route}").status

    def as_family(self, case: str, path: str, body: Any) -> Any:
        """The family acts in intake, as one that has signed in there."""
        return self.do(self.family_token(case), path, body)

    def family_token(self, case: str) -> Principal:
        """The family of a case, as one that has signed in at intake."""
        family = self.family(case)
        return Principal(family, "person", "family", ("family",), audience="intake")

    def at(self, text: str) -> None:
        """Time passes."""
        self.world.advance(at(text))

    def moment(self) -> str:
        """Business time as text."""
        with self.world.service("matching"):
            return clock.iso(clock.now())

    def heard(self, since: int = 0) -> list[tuple[str, str]]:
        """Who was told what, as reader and title, after the first `since` messages."""
        return sorted((message.recipient_role, message.title) for message in self.messages[since:])

    def messages_to(self, reader: str) -> list[OutgoingMessage]:
        """What one kind of reader was sent."""
        return [message for message in self.messages if message.recipient_role == reader]

    @property
    def messages(self) -> list[OutgoingMessage]:
        """Everything that was sent."""
        return list(self.gateway.messages.values())

    # the way to help ----------------------------------------------------------------------

    def staffed(self) -> None:
        """The region has a headquarters."""
        path = "/regions/ZR/headquarters"
        self.api("matching", FEDERAL).put(path, {"coordinators": [HQ.id]}, if_match=0)

    def applied(self, *offers: str, number: int | None = None, **way: str) -> str:
        """An organisation wants to become a guardian, one of that number or a new one."""
        self.calls += 1
        number = self.calls if number is None else number
        by_sms = {"channel": "sms", "phone": f"+7916{self.calls:07d}"}
        application = {
            "title": "ООО «Добрый мастер»",
            "legal_form": "commercial_organization",
            "inn": inn(number),
            "ogrn": ogrn(number),
            "team_kind": "work_collective",
            "team_size": 12,
            "region": "ZR",
            "capabilities": [{"category": each} for each in offers or ("household_help",)],
            "district_ids": ["D01"],
            "capacity_families": 2,
            "contact": {"name": "Олег", **(way or by_sms)},
            "contact_role": "responsible_representative",
            "consent_processing": True,
        }
        return str(self.do(None, "/matching/applications", application)["id"])

    def vetted(self, guardian: str) -> None:
        """The federal headquarters says yes."""
        self.do(FEDERAL, f"/matching/guardians/{guardian}/vetting")
        self.approved(guardian)

    def approved(self, guardian: str) -> None:
        """One colleague has checked the organisation, another decides."""
        path = f"/matching/guardians/{guardian}"
        for code in ("registry", "documents", "reputation"):
            self.do(FEDERAL, f"{path}/checks", checked(code, self.today()))
        self.do(FEDERAL_2, f"{path}/approval")

    def today(self) -> date:
        """The day of business time."""
        with self.world.service("matching"):
            return clock.now().date()

    def assigned(self, guardian: str) -> None:
        """A region gets it."""
        self.do(FEDERAL, f"/matching/guardians/{guardian}/assignment", {"region": "ZR"})

    def trained(self, guardian: str) -> None:
        """The people have learned what they need."""
        done = {"course": "basics", "completed_on": "2026-09-01", "certificate_ref": "C-1"}
        self.do(HQ, f"/matching/guardians/{guardian}/training", done)

    def interviewed(self, guardian: str) -> None:
        """The headquarters has talked to them."""
        held = {"held_on": f"{self.today()}", "result": "passed"}
        self.do(HQ, f"/matching/guardians/{guardian}/interview", held)

    def briefed(self, guardian: str) -> None:
        """And told them how it works here."""
        self.do(HQ, f"/matching/guardians/{guardian}/briefing", {"held_on": f"{self.today()}"})

    def joined(self, guardian: str) -> None:
        """The participation agreement is signed."""
        path = f"/matching/guardians/{guardian}/participation-agreement"
        for side in (rep(guardian), HQ):
            self.do(side, path, read_text())

    def ready(self, *offers: str) -> str:
        """A guardian at the end of its way."""
        guardian = self.applied(*offers)
        steps = (
            self.vetted, self.assigned, self.trained, self.interviewed, self.briefed, self.joined,
        )  # fmt: skip
        for step in steps:
            step(guardian)
        return guardian

    def registered(
        self, *categories: str, phone: str = "", programme: str = "service_member_care"
    ) -> str:
        """A family has called."""
        return str(self.asked(*categories, phone=phone, programme=programme)["case_id"])

    def asked(self, *categories: str, phone: str = "", **more: str) -> Any:
        """A request was taken down; what the operator is answered."""
        self.calls += 1
        request = {
            "region": "ZR",
            "district_id": "D01",
            "initiated_by": "self",
            "applicant_relation": "parent",
            "needs": [{"category": each} for each in categories or ("household_help",)],
            "contact": {"name": "Мария", "channel": "sms", "phone": phone or self.phone()},
            "consents": {"processing": True, "share_need_categories": True, "contact": True},
        }
        return self.do(OPERATOR, "/intake/requests", request | more)

    def family(self, case: str) -> str:
        """The family of a case."""
        return str(self.get(HQ, f"/intake/cases/{case}")["family"]["id"])

    def phone(self) -> str:
        """A number that nobody else has."""
        return f"+7926{self.calls:07d}"

    def understood(self, case: str) -> None:
        """A coordinator has the request and has talked to the family."""
        self.do(HQ, f"/intake/cases/{case}/take")
        needs = [need["need_id"] for need in self.get(HQ, f"/intake/cases/{case}")["needs"]]
        self.do(HQ, f"/intake/cases/{case}/needs", {"confirm": needs})

    def flagged(self, case: str) -> None:
        """It needs a guardian."""
        marker = {"long_term_need": True, "reason": "illness"}
        self.do(HQ, f"/intake/cases/{case}/care-requirement", marker)

    def waiting(self, *categories: str) -> str:
        """A family that waits for a guardian."""
        case = self.registered(*categories)
        self.understood(case)
        self.flagged(case)
        return case

    def proposed(self, case: str, guardian: str) -> str:
        """They may suit each other."""
        body = {"case_id": case, "guardian_id": guardian}
        return str(self.do(HQ, "/matching/matches", body)["id"])

    def introduced(self, match: str, **late: str) -> None:
        """They have met."""
        held = late | {
            "held_at": self.moment(),
            "format": "in_person",
            "hq_participant": HQ.id,
            "participants": ["family", "guardian"],
        }
        self.do(HQ, f"/matching/matches/{match}/introduction", held)

    def drafted(self, match: str) -> None:
        """What help there will be is written down."""
        view = self.get(HQ, f"/matching/matches/{match}")
        draft = {
            "need_ids": [need["need_id"] for need in view["needs"]],
            "frequency": "weekly",
            "starts_on": max("2026-09-18", f"{self.today()}"),
            "template_version": "2026-1",
        }
        self.do(HQ, f"/matching/matches/{match}/agreement", draft)

    def signed(self, match: str) -> None:
        """Both have signed it."""
        path = f"/matching/matches/{match}"
        guardian = rep(self.get(HQ, path)["guardian_id"])
        self.do(guardian, f"{path}/agreement/signatures", {})
        self.do(HQ, f"{path}/agreement/signatures", {"by": "family", "evidence": "paper"})

    def helped(self, match: str, note: str | None = None) -> None:
        """A help was given."""
        path = f"/matching/matches/{match}"
        need = self.get(HQ, path)["agreement"]["needs"][0]["need_id"]
        given = {"need_id": need, "given_at": self.moment()} | ({"note": note} if note else {})
        self.do(HQ, f"{path}/visits", given)

    def in_care(self, case: str, guardian: str) -> str:
        """From the proposal to the first help."""
        match = self.proposed(case, guardian)
        self.introduced(match)
        self.drafted(match)
        self.signed(match)
        self.helped(match)
        return match

    def all_met(self, case: str) -> None:
        """Everything the family asked for is done."""
        needs = self.get(HQ, f"/intake/cases/{case}")["needs"]
        still = [need["need_id"] for need in needs if need["status"] == "open"]
        self.do(HQ, f"/intake/cases/{case}/needs", {"met": still})
