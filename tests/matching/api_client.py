"""The people of the tests and what they do through the API of matching."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from stdnum.ru import inn as numbers

from services.matching.organisations.domain import RULES
from services.matching.organisations.values import LegalForm
from services.matching.participation.values import current
from shared import clock, ids
from shared.events.base import Event, to_cloud_event
from shared.events.intake import CareRequired, CaseClosed, FamilyErased, NeedsChanged, NeedState
from shared.identity.claims import ACT_FOR_FAMILY
from shared.principal import Principal
from shared.reference.calendar import local_date
from tests.support.api import Answer, Api
from tests.support.world import World, at

NAME = "Мария"
PHONE = "+79161234567"
WORDS = "Поссорились из-за собаки"


def person(name: str, role: str, *regions: str, org: str | None = None) -> Principal:
    """Somebody who is logged in."""
    return Principal(id=name, kind="person", role=role, roles=(role,), regions=regions, org=org)


FEDERAL = person("FH-1", "federal_hq", "*")
FEDERAL_2 = person("FH-2", "federal_hq", "*")
HQ = person("HQ-1", "regional_hq", "ZR")
HQ_2 = person("HQ-2", "regional_hq", "ZR")
HQ_Y = person("HQ-Y", "regional_hq", "YY")
OPERATIONS = person("OPS-1", "operations", "*")
OPERATOR = person("OP-1", "hotline_operator", "ZR")
BOT = Principal(
    id="bot-1",
    kind="machine",
    role="bot",
    roles=("bot",),
    regions=("ZR",),
    scopes=(ACT_FOR_FAMILY,),
)
TRAINING = Principal(
    id="training-1", kind="machine", role="integrator", roles=("integrator",),
    regions=("*",), scopes=("guardian_training",),
)  # fmt: skip


def chat_of(family: str) -> Principal:
    """A bot by the token that intake has given it for a chat with a family."""
    return Principal(
        BOT.id, "machine", "family", ("family",), on_behalf_of=family, audience="intake"
    )


def rep(guardian_id: str) -> Principal:
    """The responsible representative of a guardian."""
    return person(f"rep-{guardian_id}", "guardian_rep", org=guardian_id)


def inn(number: int, digits: int = 10, office: str = "63") -> str:
    """A valid INN: ten digits of an organisation, twelve of a proprietor."""
    if digits == 10:
        begin = f"{office}{number:07d}"
        return begin + str(numbers.calc_company_check_digit(begin))
    begin = f"{office}{number:08d}"
    return begin + str(numbers.calc_personal_check_digits(begin))


def ogrn(number: int, digits: int = 13) -> str:
    """A valid OGRN: 13 digits of an organisation, 15 of a proprietor."""
    begin = f"3{number:013d}" if digits == 15 else f"1{number:011d}"
    return begin + str(int(begin) % (digits - 2) % 10)


def lone(number: int = 1) -> dict[str, Any]:
    """What a sole proprietor says of itself."""
    return {
        "legal_form": "sole_proprietor_with_team",
        "inn": inn(number, 12),
        "ogrn": ogrn(number, 15),
    }


def checked(code: str, day: Any, passed: bool = True) -> dict[str, Any]:
    """One check of the vetting."""
    return {"code": code, "passed": passed, "checked_on": f"{day}", "evidence_ref": f"{code}-1"}


def application(**changes: Any) -> dict[str, Any]:
    """An organisation's application as the public form sends it."""
    return {
        "title": "ООО «Добрый мастер»",
        "legal_form": "commercial_organization",
        "inn": inn(9000),
        "ogrn": ogrn(9000),
        "team_kind": "work_collective",
        "team_size": 12,
        "region": "ZR",
        "capabilities": [{"category": "household_help"}, {"category": "repair_work"}],
        "district_ids": ["D01", "D02"],
        "capacity_families": 2,
        "contact": {"name": NAME, "channel": "sms", "phone": PHONE},
        "contact_role": "responsible_representative",
        "consent_processing": True,
    } | changes


@dataclass
class MatchingClient:
    """Matching's API, and shortcuts to what tests begin with."""

    world: World
    keys: int = 0
    sequence: int = 0

    def api(self, who: Principal | None) -> Api:
        """The API as somebody calls it."""
        return self.world.api("matching", who)

    def post(self, who: Principal | None, path: str, body: Any = None, **more: Any) -> Answer:
        """A command under a key of its own."""
        self.keys += 1
        return self.api(who).post(path, body, **({"key": f"key-{self.keys}"} | more))

    def do(self, who: Principal | None, path: str, body: Any = None, **more: Any) -> Any:
        """A command that succeeds; its consequences come to rest."""
        answer = self.post(who, path, body, **more)
        assert answer.status in (200, 201), answer.text
        self.world.settle()
        return answer.json

    def get(self, who: Principal | None, path: str, **query: Any) -> Any:
        """A read that succeeds."""
        answer = self.api(who).get(path, query=query)
        assert answer.status == 200, answer.text
        return answer.json

    def as_family(self, case: str) -> Api:
        """The API as a family calls it in a chat with a bot that intake has bound to it."""
        return self.api(chat_of(family_of(case)))

    def waiting_cases(self) -> list[str]:
        """The families on the list of the waiting ones."""
        return [item["case_id"] for item in self.get(HQ, "/families")["items"]]

    def staffed(self) -> None:
        """Both regions have a headquarters."""
        for region, staff in (("ZR", ["HQ-1", "HQ-2"]), ("YY", ["HQ-Y"])):
            path = f"/regions/{region}/headquarters"
            answer = self.api(FEDERAL).put(path, {"coordinators": staff}, if_match=0)
            assert answer.status == 200, answer.text

    def just_before_the_next_commit(self, happens: Callable[[], object], of: str = "") -> None:
        """Let somebody else be faster between a command's reading and its writing `of` a row."""
        table, commit = self.world.dynamodb, self.world.dynamodb.transact_write_items

        def overtaken(**request: Any) -> Any:
            if of in str(request):
                del table.__dict__["transact_write_items"]
                happens()
            return commit(**request)

        table.__dict__["transact_write_items"] = overtaken

    def now(self) -> datetime:
        """Business time."""
        with self.world.service("matching"):
            return clock.now()

    def moment(self) -> str:
        """Business time as text."""
        return clock.iso(self.now())

    # guardians

    def applied(self, **changes: Any) -> str:
        """An application came in; every one with a phone of its own."""
        self.keys += 1
        contact = {"name": NAME, "channel": "sms", "phone": f"+7916{self.keys:07d}"}
        lone_one = changes.get("legal_form") == "sole_proprietor_with_team"
        own = lone(self.keys) if lone_one else {"inn": inn(self.keys), "ogrn": ogrn(self.keys)}
        body = application(**({"contact": contact} | own | changes))
        return str(self.do(None, "/applications", body)["id"])

    def approved(self, **changes: Any) -> str:
        """The federal headquarters said yes."""
        guardian = self.vetted(**changes)
        self.do(FEDERAL_2, f"/guardians/{guardian}/approval")
        return guardian

    def vetted(self, **changes: Any) -> str:
        """Every check that the legal form requires has passed."""
        guardian = self.applied(**changes)
        self.do(FEDERAL, f"/guardians/{guardian}/vetting")
        form = LegalForm(changes.get("legal_form", "commercial_organization"))
        for code in RULES[form].checks:
            check = checked(code.value, self.now().date())
            self.do(FEDERAL, f"/guardians/{guardian}/checks", check)
        return guardian

    def assigned(self, region: str = "ZR", **changes: Any) -> str:
        """The regional headquarters has it."""
        guardian = self.approved(region=region, **changes)
        self.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": region})
        return guardian

    def ready(self, region: str = "ZR", signed: bool = True, **changes: Any) -> str:
        """Training, interview and briefing are done."""
        guardian = self.assigned(region, **changes)
        hq = HQ if region == "ZR" else HQ_Y
        today = self.now().date()
        self.do(
            TRAINING,
            f"/guardians/{guardian}/training",
            {"course": "basics", "completed_on": f"{today}", "certificate_ref": "C-1"},
        )
        held = {"held_on": f"{today}", "result": "passed"}
        self.do(hq, f"/guardians/{guardian}/interview", held)
        self.do(hq, f"/guardians/{guardian}/briefing", {"held_on": f"{today}"})
        if signed:
            self.signed(guardian, hq)
        return guardian

    def signed(self, guardian: str, hq: Principal = HQ) -> None:
        """Guardian and headquarters have agreed."""
        path = f"/guardians/{guardian}/participation-agreement"
        for side in (rep(guardian), hq):
            self.do(side, path, read_text())

    # families

    def waiting(self, district: str = "D01", *categories: str, region: str = "ZR") -> str:
        """Intake says that a family needs a guardian.

        Those of one second wait in the order of their ids, so these grow.
        """
        self.keys += 1
        case = ids.from_bytes("cas", self.keys.to_bytes(16, "big"))
        self.flag(case, district, categories or ("household_help",), region=region)
        return case

    def flag(
        self,
        case: str,
        district: str,
        categories: tuple[str, ...],
        excluded: tuple[str, ...] = (),
        region: str = "ZR",
    ) -> None:
        """Intake sets the marker."""
        now = self.now()
        self.hear(
            CareRequired(
                region=region,
                programme="service_member_care",
                case_id=case,
                family_id=family_of(case),
                district_id=district,
                needs=needs(*categories),
                excluded_guardians=excluded,
                flagged_at=now,
                size_band="one_or_two",
                number="10000008",
            )
        )

    def settled(self, case: str, *categories: str) -> None:
        """Intake says that these needs are met."""
        met = tuple(need.model_copy(update={"status": "met"}) for need in needs(*categories))
        self.hear(NeedsChanged(**of_case(case), categories=(), needs=met))

    def wishes(
        self,
        case: str,
        match: str | None,
        *categories: str,
        changed: tuple[str, ...],
        by_family: bool = True,
    ) -> None:
        """Intake says that the family needs this now."""
        self.changes(case, match, *needs(*categories), changed=changed, by_family=by_family)

    def changes(
        self,
        case: str,
        match: str | None,
        *now: NeedState,
        changed: tuple[str, ...] = (),
        by_family: bool = False,
    ) -> None:
        """Intake tells of the family's list."""
        self.hear(
            NeedsChanged(
                region="ZR",
                case_id=case,
                family_id=family_of(case),
                match_id=match,
                categories=changed,
                needs=now,
                by_family=by_family,
            )
        )

    def closed(self, case: str, reason: str = "withdrawn") -> None:
        """Intake closes the case."""
        self.hear(CaseClosed(**of_case(case), reason=reason))

    def erased(self, case: str) -> None:
        """Intake forgets the family."""
        self.hear(FamilyErased(region="ZR", family_id=family_of(case)))

    def hear(self, event: Event) -> None:
        """Let matching hear of a fact."""
        self.sequence += 1
        with self.world.service("matching"):
            detail = to_cloud_event(
                event,
                event_id=f"evt_{self.sequence}",
                time=clock.now(),
                sequence=self.sequence,
                correlation_id="cor_test",
                causation_id=None,
            )
        body = json.dumps({"detail-type": event.detail_type(), "detail": json.loads(detail)})
        self.world.queue.messages["matching"] += [body] * self.world.copies
        self.world.settle()

    # matches

    def proposed(self, case: str, guardian: str, **override: Any) -> str:
        """A proposal was made."""
        body: dict[str, Any] = {"case_id": case, "guardian_id": guardian}
        if override:
            body["override"] = override
        return str(self.do(HQ, "/matches", body)["id"])

    def introduced(self, match: str) -> str:
        """They have met."""
        self.do(HQ, f"/matches/{match}/introduction", introduction(self.moment()))
        return match

    def agreed(self, match: str) -> str:
        """Both have signed."""
        view = self.get(HQ, f"/matches/{match}")
        wanted = [need["need_id"] for need in view["needs"]]
        self.do(HQ, f"/matches/{match}/agreement", self.terms(*wanted))
        self.do(rep(view["guardian_id"]), f"/matches/{match}/agreement/signatures", {})
        family = {"by": "family", "evidence": "paper"}
        self.do(HQ, f"/matches/{match}/agreement/signatures", family)
        return match

    def terms(self, *need_ids: str) -> dict[str, Any]:
        """A care agreement that does not begin before today."""
        today = local_date(ZoneInfo("Europe/Samara"), self.now()).isoformat()
        terms = draft(*need_ids)
        return terms | {"starts_on": max(terms["starts_on"], today)}

    def active(self, case: str, guardian: str) -> str:
        """The first help was given."""
        match = self.agreed(self.introduced(self.proposed(case, guardian)))
        help_given = {"need_id": "ned_1", "given_at": self.moment()}
        self.do(HQ, f"/matches/{match}/visits", help_given)
        return match

    def heard(self, match: str) -> str:
        """The headquarters has talked to both sides about a quarrel."""
        for side in ("family", "guardian"):
            self.do(HQ, f"/matches/{match}/hearings", {"side": side, "result": "heard"})
        return match

    def told(self, kind: str) -> list[Any]:
        """What matching has told so far, of one kind."""
        return [event["data"] for event in self.world.events(f"matching.{kind}")]

    def at(self, text: str) -> None:
        """Business time moves on, and what falls due happens."""
        self.world.advance(at(text))


def needs(*categories: str) -> tuple[NeedState, ...]:
    """Open needs, numbered."""
    return tuple(
        NeedState(need_id=f"ned_{place}", category=each, status="open")
        for place, each in enumerate(categories, 1)
    )


def introduction(held_at: str, hq: str = "HQ-1") -> dict[str, Any]:
    """A first contact with both sides."""
    return {
        "held_at": held_at,
        "format": "in_person",
        "hq_participant": hq,
        "participants": ["family", "guardian"],
    }


def read_text() -> dict[str, str]:
    """The text of the participation agreement that is signed, as the caller names it."""
    return {"template_version": current().template_version, "text_hash": current().text_hash}


def draft(*need_ids: str) -> dict[str, Any]:
    """A care agreement."""
    return {
        "need_ids": list(need_ids),
        "frequency": "weekly",
        "starts_on": "2026-09-18",
        "template_version": "2026-1",
    }


def pointer(answer: Answer) -> str:
    """The field that an answer refuses."""
    assert answer.status == 422, answer.text
    return str(answer.json["errors"][0]["pointer"])


def family_of(case: str) -> str:
    """The family of a case in these tests: it has no other case."""
    return case.replace("cas_", "fam_")


def own_token(case: str) -> Principal:
    """The family of a case, by the token that intake gave it."""
    return Principal(
        id=family_of(case), kind="person", role="family", roles=("family",), audience="intake"
    )


def of_case(case: str) -> dict[str, str]:
    """What every fact of intake about a case says."""
    return {"region": "ZR", "case_id": case, "family_id": family_of(case)}
