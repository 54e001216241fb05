"""Every way to change something, at its largest, and how many items its one transaction has.

What the stories of the autumn do not need is done here by the same people. Together they must use
every route that changes anything, and no transaction may pass the limit of the design.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from demo import region
from demo.actions import ACTIONS, application, latest_link
from demo.data import table
from demo.story_run import Step, StoryRun, moment, zone
from infra.fake_carriers import call_back
from services.cards.till.app import app as till
from shared import clock
from shared.identity.claims import ACT_FOR_FAMILY
from shared.identity.devices import Devices, holder_of
from shared.principal import Principal
from shared.storage import files
from tests.cards.imports.test_imports import MemoryS3, text
from tests.intake.telephony import signed
from tests.journeys.journey_world import JourneyWorld, journey_world_at
from tests.support.carriers import configuration

MAX_ITEMS = 16
WORDS = "Просьба своими словами. " * 20
CATEGORIES = (
    "household_help", "child_leisure", "animal_care", "repair_work", "food_aid", "material_aid",
    "other",
)  # fmt: skip
NEEDS = [{"category": CATEGORIES[n % 7], "text": WORDS, "urgency": "urgent"} for n in range(10)]
EVIDENCE = {"evidence": "spoken_by_phone"}
LONG = {"hours": [{"day": "mon", "opens": "09:00", "closes": "21:00"}]}


class ExtraActions:
    """People of the demo, and what they do beside its stories."""

    def __init__(self, journey: JourneyWorld, run: StoryRun, s3: MemoryS3) -> None:
        self.journey, self.run, self.s3 = journey, run, s3
        self.calls = 0
        self.families: dict[str, str] = {}

    def do(self, who: str | None, path: str, body: Any = None, **more: Any) -> Any:
        """A command that succeeds, and everything it causes."""
        self.calls += 1
        reply = self.run.do(who, path, body, name=f"errand {self.calls}", **more)
        self.journey.settle()
        return reply.body

    def corrected(self, family: str, body: Any) -> None:
        """Correct what is known of a family."""
        version, path = self.run.get("HQ-1", family)["version"], f"{family}/corrections"
        self.journey.call("HQ-1", "POST", path, body, key=path, if_match=version, must=True)
        self.journey.settle()

    @property
    def at(self) -> str:
        """The present moment as stories write it."""
        return f"{self.journey.now().astimezone(zone()):%Y-%m-%d %H:%M:%S}"

    def family(self, name: str, phone: int, **more: Any) -> str:
        """A request with all that a request can hold."""
        body = {
            "region": "ZR",
            "district_id": "D01",
            "initiated_by": "self",
            "applicant_relation": "parent",
            "family": {
                "kind": "service_member",
                "groups": ["large", "low_income"],
                "groups_sensitive": ["parental_dependency", "on_prevention_register"],
                "members": [{"relation": "child", "born": "2019-05"}] * 20,
            },
            "needs": NEEDS,
            "text": WORDS,
            "contact": {"name": "Мария", "channel": "sms", "phone": f"+7900500{phone:04d}"},
            "consents": {"processing": True, "share_need_categories": True, "contact": True},
        }
        asked = self.do("OP-1", "/intake/v1/requests", body | more)
        self.run.ids[name], self.families[name] = asked["case_id"], asked["family_id"]
        return f"/intake/v1/cases/{self.run.ids[name]}"

    def telephone(self, phone: str) -> None:
        """Calls that are missed, as both kinds of address hear of them."""
        self.journey.world.environment["TELEPHONY_SECRETS"] = signed.NAME
        self.journey.world.parameters.values[signed.NAME] = json.dumps(signed.PROVIDERS)
        for place, path in enumerate(("events", "events/call")):
            at = clock.iso(self.journey.now())
            said = {"type": "ended", "call_id": f"c-{place}", "at": at, "phone": phone}
            text = json.dumps(said)
            path = f"/intake/v1/telephony/pbx/{path}"
            more = {"headers": signed.headers(text), "must": True}
            self.journey.call(None, "POST", path, text, **more)
        self.journey.settle()

    def waiting(self, name: str, phone: int) -> str:
        """A family that waits for a guardian."""
        path = self.family(name, phone)
        self.do("HQ-1", f"{path}/take")
        needs = [need["need_id"] for need in self.run.get("HQ-1", path)["needs"]]
        self.do("HQ-1", f"{path}/needs", {"confirm": needs})
        marker = {"long_term_need": True, "reason": "illness"}
        self.do("HQ-1", f"{path}/care-requirement", marker)
        return path

    def proposed(self, name: str, phone: int) -> str:
        """A family with a proposal."""
        self.waiting(name, phone)
        step = Step(name, self.at, "HQ-1", "proposes")
        ACTIONS["proposes"](self.run, step)
        self.journey.settle()
        return f"/matching/v1/matches/{self.run.matches[name]}"

    def in_care(self, name: str, phone: int) -> str:
        """A family that is being helped."""
        path = self.proposed(name, phone)
        at = self.at
        for action in ("introduces", "signs_participation", "agrees"):
            ACTIONS[action](self.run, Step(name, at, "HQ-1", action, more={}))
            self.journey.settle()
        ACTIONS["helps"](self.run, Step(name, at, "guardian", "helps"))
        self.journey.settle()
        return path


@pytest.fixture(scope="module")
def extra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExtraActions]:
    """The region at the beginning of the autumn."""
    s3 = MemoryS3()
    path = tmp_path_factory.mktemp("errands")
    with pytest.MonkeyPatch.context() as patch, journey_world_at(path, patch) as journey:
        patch.setattr(files.Files, "connect", lambda: files.Files(s3, "files"))
        journey.people["BOT"] = Principal(
            "bot", "machine", "bot", ("bot",), ("ZR",), scopes=(ACT_FOR_FAMILY, "bind_people")
        )
        run = region.load(journey, cards="first")
        journey.advance(moment("2026-09-14 13:00"))
        yield ExtraActions(journey, run, s3)


def for_family(extra: ExtraActions, name: str) -> dict[str, Any]:
    """A bot that has proved the family."""
    return {"headers": {"Ryadom-On-Behalf-Of": extra.families[name]}}


# intake -------------------------------------------------------------------------------------


def wishes_of_a_family(extra: ExtraActions) -> None:
    """The family's own wishes, by headquarters, by bot and by link."""
    do, path = extra.do, extra.family("W-1", 1, external_ref={"system": "a", "id": "1"})
    do("HQ-1", f"{path}/take")
    do("HQ-2", f"{path}/take-over", {"taken_from": "HQ-1", "reason": "agreed"})
    needs = extra.run.get("HQ-1", path)["needs"]
    ids = [need["need_id"] for need in needs]
    changed = [{"need_id": each, "text": WORDS, "urgency": "normal"} for each in ids[2:]]
    do("HQ-1", f"{path}/needs", {"change": changed, "met": ids[:1], "drop": [
        {"need_id": ids[1], "reason": "mistake"}]})  # fmt: skip
    do("HQ-1", f"{path}/corrections", {"add": NEEDS, **EVIDENCE})
    family = f"/intake/v1/families/{extra.families['W-1']}"
    office = {"purpose": "share_with_office", "given": True, "recipient": "D01"}
    do("HQ-1", f"{family}/consents", office | EVIDENCE)
    do("HQ-1", f"{family}/disclosures", {"recipient": "D02", "reason": "child_in_danger"})
    for kind in ("objection", "erasure"):
        do("HQ-1", f"{family}/person-requests", {"kind": kind, **EVIDENCE})
    do("HQ-1", f"{family}/person-requests/objection/answer", {"answer": "done"})
    contact = {"name": "Мария", "channel": "phone_task", "phone": "+79005009999"}
    do("HQ-1", f"{family}/contact", {"contact": contact} | EVIDENCE)
    do("HQ-1", f"{path}/withdraw", {"reason": "found_help", **EVIDENCE})
    do("HQ-1", f"{path}/reopen", {"reason": "needs_returned", **EVIDENCE})
    known = {"family_id": extra.families["W-1"]}
    for phone in (101, 102):
        more = {"external_ref": {"system": "a", "id": str(phone)}} | known
        extra.family("W-1", phone, programme="family_care", **more)
    for holder in ("A-1", "A-2"):
        do("HQ-1", f"{family}/card-holders", {"holder_ref": holder})
    better = {"groups_sensitive": ["parental_dependency"], "district_id": "D02", "language": "en"}
    extra.corrected(family, better | {"reason": "written_down_wrong"})
    extra.family("W-5", 105, purpose="information")
    merged = {"family_id": extra.families["W-5"]}
    other = f"/intake/v1/families/{extra.families['W-5']}"
    do("HQ-1", f"{other}/card-holders", {"holder_ref": "B-1"})
    do("HQ-1", f"{family}/different", merged)
    do("HQ-1", f"{family}/merge", merged | {"reason": "same_people"})
    do("HQ-1", f"{family}/merge/undo", merged | {"reason": "merged_by_mistake"})
    do("HQ-1", f"{family}/merge", merged | {"reason": "same_people"})
    do("HQ-1", f"{family}/erase", {"reason": "person_asked", **EVIDENCE})


def calls_that_are_no_case(extra: ExtraActions) -> None:
    """Wrong numbers, questions that are answered, and a question that becomes a case."""
    do = extra.do
    wrong = {"region": "ZR", "district_id": "D01", "reason": "wrong_number", "text": WORDS}
    wrong |= {"initiated_by": "self"}
    do("OP-1", "/intake/v1/ended-requests", wrong)
    question = {"purpose": "information"}
    extra.family("Q-1", 201, **question)
    extra.family("Q-2", 202, **question)
    (first, second) = (row["id"] for row in extra.run.get("HQ-1", "/intake/v1/requests")["items"])
    renewed = do("HQ-1", f"/intake/v1/requests/{first}/code", EVIDENCE)
    named = {name: renewed[name] for name in ("number", "code")}
    do(None, "/intake/v1/request-status", named)
    do("OP-1", f"/intake/v1/requests/{first}/end", {"reason": "information_given"})
    do("HQ-1", f"/intake/v1/requests/{second}/case")


def calls_of_a_shift(extra: ExtraActions) -> None:
    """Operators find, read back, add and mend."""
    do, region_ = extra.do, {"region": "ZR"}
    extra.family("H-1", 301)
    phone = "+79005000301"
    asked = extra.run.client.call(
        "OP-1", "POST", "/intake/v1/requests/search", region_ | {"phone": phone}, must=True
    ).body["items"][0]
    do("OP-1", "/intake/v1/callers/search", region_ | {"phone": phone})
    path = f"/intake/v1/requests/{asked['id']}"
    ids = [need["need_id"] for need in asked["needs"]]
    wrong = {
        "change": [{"need_id": each, "text": WORDS} for each in ids[1:]],
        "drop": [{"need_id": ids[0], "reason": "mistake"}],
        "urgency": "normal",
        "district_id": "D02",
        "contact": {"name": "Мария", "channel": "sms", "phone": "+79005000302"},
    }
    do("OP-1", f"{path}/mend", wrong)
    extra.telephone(phone)
    back = extra.run.get("OP-1", "/intake/v1/call-backs")["items"][0]["id"]
    do("OP-1", f"/intake/v1/call-backs/{back}/claim")
    do("OP-1", f"/intake/v1/call-backs/{back}/attempts", {"result": "reached"})
    note = {"request_id": asked["id"], "text": WORDS, "urgency": "urgent"}
    note_path = f"/intake/v1/hand-overs/{do('OP-1', '/intake/v1/hand-overs', note)['id']}"
    do("OP-1", f"{note_path}/take")
    do("OP-1", f"{note_path}/finish")
    filed = application(extra.run.families["F-07"]) | {"district_id": "D03"}
    do("PA-03", "/intake/v1/filings", filed)
    do("OP-1", f"{path}/additions", {"needs": NEEDS[:3], "text": WORDS, "urgency": "urgent"})


def families_without_accounts(extra: ExtraActions) -> None:
    """A family signs in by its phone and by a bot, and is forgotten by its own wish."""
    do, phone = extra.do, "+79005000005"
    extra.family("W-5", 5)
    asked = do(None, "/intake/v1/sign-ins", {"contact": phone})["id"]
    tokens = do(None, f"/intake/v1/sign-ins/{asked}/token", {"code": code_to(extra, phone)})
    refresh = {"refresh_token": tokens["refresh_token"]}
    device = do(None, "/intake/v1/tokens/refresh", refresh)["device_id"]
    with extra.journey.world.service("intake"):
        extra.journey.people["W-5"] = holder_of(Devices.connect().get(device))
    for _ in range(2):
        asked = do("BOT", "/intake/v1/bindings", {"contact": phone, "chat": "chat-5"})["id"]
        proof = {"code": code_to(extra, phone)}
        bound = do("BOT", f"/intake/v1/bindings/{asked}/token", proof)["device_id"]
        extra.journey.advance(extra.journey.now() + timedelta(hours=1))
    do("BOT", f"/intake/v1/devices/{bound}/token")
    do("W-5", f"/intake/v1/devices/{bound}/revoke")
    family = f"/intake/v1/families/{extra.families['W-5']}"
    do("W-5", f"{family}/erase", {"reason": "person_asked"})


def wishes_by_link(extra: ExtraActions) -> None:
    """The family acts through a link of its own; each change uses one up."""
    do, path = extra.do, extra.family("W-2", 2)

    def link() -> dict[str, str]:
        return {"link": do("HQ-1", f"{path}/links")["link"]}

    do(None, "/intake/v1/own-case", link())
    do(None, "/intake/v1/own-case/export", link())
    do(None, "/intake/v1/own-case/corrections", {"add": NEEDS} | link())
    do(None, "/intake/v1/own-case/family", {"motivated": True} | link())
    do(None, "/intake/v1/own-case/consents", {"purpose": "contact", "given": False} | link())
    do(None, "/intake/v1/own-case/withdraw", link())
    path = extra.waiting("W-4", 4)
    do("HQ-1", f"{path}/care-requirement/lift", {"reason": "not_needed"})
    do("HQ-1", f"{path}/triage", {"decision": "one_time"})
    aid = {"category": "food_aid", "persons": 4, "legal_basis": "programme"}
    provider = {"provider_id": extra.run.ids["PR-03"], "funding_project": "p-1"}
    do("HQ-1", f"{path}/aids", aid | provider)
    web = application(extra.run.families["F-07"])
    do(None, "/intake/v1/web-requests", web)
    extra.in_care("W-3", 3)
    path = f"/intake/v1/cases/{extra.run.ids['W-3']}"
    needs = [need["need_id"] for need in extra.run.get("HQ-1", path)["needs"]]
    result = {"outcome": "partial_stability", "needs_met": needs[:9], "note": WORDS}
    do("HQ-1", f"{path}/outcomes", result)


# matching -----------------------------------------------------------------------------------


def guardians_without_accounts(extra: ExtraActions) -> None:
    """A guardian's person signs in by phone and by a bot, and puts the application right."""
    do, phone, guardian = extra.do, "+79001000010", extra.run.ids["G-10"]
    asked = do(None, "/matching/v1/sign-ins", {"contact": phone})["id"]
    proof = {"code": code_to(extra, phone)}
    tokens = do(None, f"/matching/v1/sign-ins/{asked}/token", proof)
    refresh = {"refresh_token": tokens["refresh_token"]}
    device = do(None, "/matching/v1/tokens/refresh", refresh)["device_id"]
    with extra.journey.world.service("matching"):
        extra.journey.people["R-10"] = holder_of(Devices.connect().get(device))
    for _ in range(2):
        chat = {"contact": phone, "chat": "chat-6"}
        asked = do("BOT", "/matching/v1/bindings", chat)["id"]
        proof = {"code": code_to(extra, phone)}
        bound = do("BOT", f"/matching/v1/bindings/{asked}/token", proof)["device_id"]
        extra.journey.advance(extra.journey.now() + timedelta(hours=1))
    do("BOT", f"/matching/v1/devices/{bound}/token")
    do("R-10", f"/matching/v1/devices/{bound}/revoke")
    path = f"/matching/v1/guardians/{guardian}"
    version = extra.run.get("R-10", path)["version"]
    team = {"team_kind": "work_collective", "team_size": 20}
    extra.journey.call("R-10", "PUT", f"{path}/application", team, if_match=version, must=True)


def guardians_come_and_go(extra: ExtraActions) -> None:
    """Pauses, refusals, farewells."""
    do, ids = extra.do, extra.run.ids
    path = f"/matching/v1/guardians/{ids['G-02']}"
    do("HQ-1", f"{path}/pause", {"reason": "holidays"})
    do("HQ-1", f"{path}/resumption")
    version = extra.run.get("HQ-1", path)["version"]
    all_districts = [f"D{n:02d}" for n in range(1, 13)]
    wide = {
        "capabilities": [
            {"category": each, "districts": all_districts, "max_families": 50}
            for each in CATEGORIES
        ],
        "districts": all_districts,
        "capacity_families": 100,
    }
    extra.journey.call("HQ-1", "PUT", f"{path}/possibilities", wide, if_match=version, must=True)
    talked = f"/matching/v1/guardians/{ids['G-10']}"
    held = {"held_on": extra.journey.now().date().isoformat(), "result": "unclear", "note": WORDS}
    do("HQ-1", f"{talked}/clarification/result", held)
    do("FH-1", f"{talked}/rejection", {"reason": "not_enough_people"})
    do("FH-1", f"{talked}/contact/erasure")
    do("FH-1", f"/matching/v1/guardians/{ids['G-09']}/withdrawal", {"reason": "moved"})


def matches_that_come_to_nothing(extra: ExtraActions) -> None:
    """Taken back, and given up before the end."""
    do = extra.do
    path = extra.proposed("M-1", 11)
    do("HQ-1", f"{path}/cancellation", {"reason": "mistake"})
    path = extra.proposed("M-5", 15)
    refused = {"by": "family", "evidence": "phone_call", "reason": "other"}
    do("HQ-1", f"{path}/decline", refused)
    opened = do("HQ-1", "/matching/v1/rounds", {"region": "ZR"})["id"]
    everyone = extra.run.get("HQ-1", f"/matching/v1/rounds/{opened}")["pairs"]
    nothing = {"leave_out": [pair["case_id"] for pair in everyone]}
    do("HQ-1", f"/matching/v1/rounds/{opened}/commit", nothing)
    extra.proposed("M-2", 12)
    case = f"/intake/v1/cases/{extra.run.ids['M-2']}"
    do("HQ-1", f"{case}/withdraw", {"reason": "moved_away", **EVIDENCE})
    path = extra.in_care("M-3", 13)
    case = f"/intake/v1/cases/{extra.run.ids['M-3']}"
    visits = extra.run.get("HQ-1", f"{path}/visits")["items"]
    visit = f"/matching/v1/visits/{visits[0]['visit_id']}/confirmation"
    do("BOT", visit, **for_family(extra, "M-3"))
    need = extra.run.get("HQ-1", path)["agreement"]["needs"][1]["need_id"]
    now = extra.journey.now().isoformat()
    do("HQ-1", f"{path}/visits", {"need_id": need, "given_at": now, "note": WORDS})
    do("HQ-1", f"{path}/notices", {"by": "family", "evidence": "paper", "reason": "conflict"})
    do("HQ-1", f"{path}/notices/withdrawal", {"by": "family", "evidence": "paper"})
    do("HQ-1", f"{case}/withdraw", {"reason": "not_said", **EVIDENCE})


def stories_and_a_signature_by_link(extra: ExtraActions) -> None:
    """The family signs by itself; stories are refused and taken back."""
    do, run = extra.do, extra.run
    path = extra.proposed("M-4", 14)
    step = Step("M-4", extra.at, "HQ-1")
    ACTIONS["introduces"](run, step)
    ACTIONS["signs_participation"](run, step)
    extra.journey.settle()
    view = run.get("HQ-1", path)
    draft = {
        "need_ids": [n["need_id"] for n in view["needs"]],
        "frequency": "weekly",
        "starts_on": "2026-09-15",
        "template_version": "2026-1",
    }
    do("HQ-1", f"{path}/agreement", draft)
    link = do("HQ-1", f"{path}/agreement/link")["link"]
    do(None, "/matching/v1/signatures", {"link": link})
    guardian = run.named(view["guardian_id"])
    do(guardian, f"{path}/agreement/signatures", {})
    ACTIONS["helps"](run, Step("M-4", extra.at, "guardian"))
    folder = f"stories/{run.matches['M-4']}"
    media = [{"kind": "photo", "key": f"{folder}/{n}"} for n in range(10)]
    tale = {"text": WORDS, "media": media}
    first = do(guardian, f"{path}/stories", tale)["id"]
    do("HQ-1", f"/matching/v1/stories/{first}/consent", {"consent_ref": "c-2"})
    do("FH-1", f"/matching/v1/stories/{first}/decline", {"reason": "too_personal"})
    second = do(guardian, f"{path}/stories", tale)["id"]
    do("HQ-1", f"/matching/v1/stories/{second}/consent", {"consent_ref": "c-1"})
    do("FH-1", f"/matching/v1/stories/{second}/clearance")
    do("HQ-1", f"/matching/v1/stories/{second}/takedown", {"reason": "family_asked"})
    third = do(guardian, f"{path}/stories", tale)["id"]
    do("HQ-1", f"/matching/v1/stories/{third}/consent", {"consent_ref": "c-3"})
    no_more = f"/matching/v1/stories/{third}/consent/withdrawal"
    do("HQ-1", no_more, {"consent_ref": "c-4"})
    done = {"period": "2026-09", "done": WORDS, "difficulties": WORDS, "resources_ok": False}
    do(guardian, f"{path}/reports", done)


# notifications --------------------------------------------------------------------------------


def providers_report(extra: ExtraActions) -> None:
    """A bot is subscribed, a person writes to it, an SMS arrives."""
    extra.do("OPS-1", "/notifications/v1/bots/max/subscription")
    world = extra.journey.world
    world.environment["CHANNEL_SECRETS"] = "/ryadom/channels"
    world.parameters.values["/ryadom/channels"] = json.dumps(configuration("http://127.0.0.1:9"))
    wrote = {"sender": {"user_id": 15}, "body": {"mid": "mid.1", "text": WORDS}}
    said = json.dumps({"update_type": "message_created", "message": wrote})
    sent = next(iter(extra.journey.outbox.messages))
    arrived = call_back("smsc", sent, "+79160000000")
    for provider, body, headers in (
        ("max", said, {"X-Max-Bot-Api-Secret": "demo-secret"}),
        ("max/token", said, {"X-Max-Bot-Api-Secret": "demo-secret"}),
        ("smsc", arrived.body, arrived.headers),
    ):
        path = f"/notifications/v1/webhooks/{provider}"
        extra.journey.call(None, "POST", path, body, headers=headers, must=True)
    extra.journey.settle()


def an_inbox_is_worked(extra: ExtraActions) -> None:
    """Seen, done, taken back; a family answers with everything it can say."""
    items = extra.run.get("HQ-1", "/notifications/v1/inbox?limit=10")["items"]
    path = f"/notifications/v1/inbox/{items[0]['item_id']}"
    for step, body in (("read", None), ("done", {"reason": "other"}), ("reopen", None)):
        extra.do("HQ-1", f"{path}/{step}", body)


def a_family_says_everything(extra: ExtraActions) -> None:
    """The feedback form with all its fields."""
    extra.journey.advance(moment("2026-09-29 12:00"))
    said = {"score": 1, "needs_met": "no", "wants_call": True, "comment": WORDS}
    link = latest_link(extra.run, "M-4")
    extra.do(None, f"/notifications/v1/feedback/{link}", said)
    path = f"/matching/v1/matches/{extra.run.matches['M-4']}"
    call = {"kind": "two_weeks", "result": "needs_changed", "note": WORDS}
    extra.do("HQ-1", f"{path}/calls", call)
    ending = {"reason": "conflict", "conflict_note": WORDS}
    extra.do("HQ-1", f"{path}/ending", ending)


# cards ----------------------------------------------------------------------------------------


def cards_live(extra: ExtraActions) -> None:
    """Found, moved to another phone, printed, revoked, forgotten."""
    do, ids = extra.do, extra.run.ids
    path = f"/cards/v1/cards/{ids['FP-01']}"
    do("FP-01", f"{path}/block", {"reason": "lost"})
    do("FP-01", f"{path}/unblock")
    do("FP-01", f"{path}/hand-over-code")
    do("FP-01", f"{path}/withdraw-consent")
    do("CL-0", f"/cards/v1/cards/{ids['FP-04']}/renew-code")
    lost = f"/cards/v1/cards/{ids['FP-05']}/replace"
    ids["FP-05"] = do("CL-0", lost, {"reason": "damaged"})["id"]
    do("CL-0", "/cards/v1/prints", {"card_ids": [ids[f"FP-0{n}"] for n in (1, 4, 5, 6, 7)]})
    ended = {
        "region": "ZR", "holder_ref": "FP-06", "district_id": "D03", "ended_on": "2026-09-13",
    }  # fmt: skip
    do("DO-03", "/cards/v1/placement-ends", ended)
    gone = f"/cards/v1/cards/{ids['FP-06']}"
    do("CL-0", f"{gone}/dismiss-placement-end")
    do("CL-0", f"{gone}/revoke", {"reason": "placement_ended"})
    do("CL-0", f"{gone}/erase")
    opened = do("CL-0", "/cards/v1/batches", {"region": "ZR", "dry_run": False})["id"]
    rows = [f"T-{n:03d};D{n % 12 + 1:02d};да;;;Ольга;+7 900 600-00-{n:02d}" for n in range(60)]
    extra.s3.objects[f"batches/{opened}/upload"] = text(*rows, "T-090;D01;да;;;;")
    do("CL-0", f"/cards/v1/batches/{opened}/start")
    assert extra.run.get("CL-0", f"/cards/v1/batches/{opened}")["accepted"] == 61
    do("CL-0", f"/cards/v1/batches/{opened}/codes")
    do("CL-0", f"/cards/v1/batches/{opened}/codes/take")


def one_card_per_person(extra: ExtraActions) -> None:
    """Files and phones of two offices, and a phone that passes on while a card is held."""
    do = extra.do
    contacts = [{"name": "Вера", "channel": "sms", "phone": f"+7900800{n:04d}"} for n in range(3)]
    card = {"region": "ZR", "placement_current": True}

    def issue(ref: str, district: str, contact: int) -> str:
        body = card | {"district_id": district, "holder_ref": ref, "contact": contacts[contact]}
        return str(do("CL-0", "/cards/v1/cards", body)["id"])

    issue("P-1", "D01", 0)
    gone = issue("P-2", "D01", 1)
    do("CL-0", f"/cards/v1/cards/{gone}/revoke", {"reason": "moved_away"})
    held = [issue("P-1", "D02", 1), issue("P-1", "D03", 0), issue("P-3", "D04", 0)]
    reasons = [each["because"] for each in extra.run.get("CL-0", "/cards/v1/held-cards")["items"]]
    assert sorted(reasons) == ["same_file", "same_file_and_phone", "same_phone"]
    for number, decision in enumerate(("different_person", "same_person", "different_person")):
        body = {"decision": decision, "reason": "offices_asked"}
        do("CL-0", f"/cards/v1/cards/{held[number]}/decide-duplicate", body)


def a_lost_card_is_found(extra: ExtraActions) -> None:
    """The hotline finds a card by two signs."""
    signs = {"holder_ref": "FP-07", "last4": extra.run.numbers["FP-07"][-4:]}
    found = extra.do("OP-1", "/cards/v1/lost-cards/search", signs)
    assert found["id"] == extra.run.ids["FP-07"]


def holders_without_accounts(extra: ExtraActions) -> None:
    """A holder signs in by her phone and by a bot, and her phone changes twice."""
    do, phones = extra.do, [f"+7900700{n:04d}" for n in range(3)]
    contacts = [{"name": "Вера", "channel": "sms", "phone": phone} for phone in phones]
    card = {"region": "ZR", "district_id": "D01", "holder_ref": "H-1", "placement_current": True}
    made = do("CL-0", "/cards/v1/cards", card | {"contact": contacts[0]})["id"]
    asked = do(None, "/cards/v1/sign-ins", {"contact": phones[0]})["id"]
    proof = {"code": code_to(extra, phones[0])}
    tokens = do(None, f"/cards/v1/sign-ins/{asked}/token", proof)
    refresh = {"refresh_token": tokens["refresh_token"]}
    device = do(None, "/cards/v1/tokens/refresh", refresh)["device_id"]
    with extra.journey.world.service("cards"):
        extra.journey.people["H-1"] = holder_of(Devices.connect().get(device))
    chat = {"contact": phones[0], "chat": "chat-1"}
    for _ in range(2):
        asked = do("BOT", "/cards/v1/bindings", chat)["id"]
        proof = {"code": code_to(extra, phones[0])}
        bound = do("BOT", f"/cards/v1/bindings/{asked}/token", proof)["device_id"]
        extra.journey.advance(extra.journey.now() + timedelta(hours=1))
    do("BOT", f"/cards/v1/devices/{bound}/token")
    change = do("H-1", "/cards/v1/contact-changes", {"contact": contacts[1]})["id"]
    codes = {"old_code": code_to(extra, phones[0]), "new_code": code_to(extra, phones[1])}
    do("H-1", f"/cards/v1/contact-changes/{change}/confirm", codes)
    do("H-1", f"/cards/v1/devices/{bound}/revoke")
    evidence = {"contact": contacts[2], "evidence": "in_person"}
    do("CL-0", f"/cards/v1/cards/{made}/change-contact", evidence)
    extra.journey.settle()
    (told,) = (m for m in extra.journey.messages() if "contact_changed" in m["template"])
    assert told["to"] == phones[1]


def code_to(extra: ExtraActions, phone: str) -> str:
    """The code in the latest message to a phone."""
    extra.journey.settle()
    texts = [m["text"] for m in extra.journey.messages() if m["to"] == phone]
    return next(found[0] for text in texts[::-1] if (found := re.search(r"\b\d{6}\b", text)))


def edit(extra: ExtraActions, path: str, body: Any, versioned: str = "") -> None:
    """Replace what was seen under its version."""
    seen = extra.run.get("PT-01", versioned or path)["version"]
    extra.journey.call("PT-01", "PUT", path, body, if_match=seen, must=True)
    extra.journey.settle()


def partners_change(extra: ExtraActions) -> None:
    """Breaks, new offers, closed shops, lost keys."""
    do, ids = extra.do, extra.run.ids
    path = f"/cards/v1/partners/{ids['PT-01']}"
    for number in range(40):
        shop = {
            "title": f"Магазин {number}", "district_id": "D01", "address": f"улица Новая, {number}",
            "latitude": 53.0, "longitude": 50.0, **LONG,
        }  # fmt: skip
        last = do("PT-01", f"{path}/outlets", shop)["number"]
    edit(extra, path, {"title": "Сеть", "category": "grocery", "district_ids": ["D01", "D02"]})
    contact = {"name": "Анна", "channel": "sms", "phone": "+79005009998"}
    edit(extra, f"{path}/contact", contact, path)
    for sandbox in (False, False, True, True):
        key = do("PT-01", f"{path}/keys", {"outlet_id": last, "sandbox": sandbox})["key_id"]
    do("CL-0", f"{path}/keys/{key}/replace")
    do("PT-01", f"{path}/key-list")
    do("PT-01", f"{path}/key-list/take")
    place = f"{path}/outlets/{last}"
    outlets = extra.run.get("PT-01", f"{path}/outlets?limit=100")["items"]
    seen = next(each for each in outlets if each["id"] == last)
    shop = shop | {"title": "Переименован", "district_id": "D02"}
    version = seen["version"]
    extra.journey.call("PT-01", "PUT", place, shop, if_match=version, must=True)
    do("PT-01", f"{path}/keys/{key}/revoke")
    do("PT-01", f"{path}/outlets/{last}/close")
    offer = {"discount_percent": 11, "goods_scope": "Всё", "valid_from": "2026-12-01"}
    for action in ("publish", "withdraw"):
        made = do("PT-01", f"{path}/offers", offer)["number"]
        do("CL-0" if action == "publish" else "PT-01", f"{path}/offers/{made}/{action}")
    do("PT-01", f"{path}/pause")
    do("PT-01", f"{path}/resume")
    do("PT-02", f"/cards/v1/partners/{ids['PT-02']}/end", {"reason": "closed_down"})
    card = extra.run.numbers["FP-07"]
    headers = {"X-API-Key": extra.run.keys["PT-01"]}
    check = do(None, "/till/v1/card-checks", {"number": card}, headers=headers)["check_id"]
    bought = {"amount_kopecks": 123_456, "receipt_id": "0001-42"}
    do(None, f"/till/v1/card-checks/{check}/purchase", bought, headers=headers)
    do(None, f"/till/v1/card-checks/{check}/rollback", {}, headers=headers)
    do("RA-1", "/cards/v1/programmes/ZR/close")
    do("RA-1", "/cards/v1/programmes/ZR/reopen")


EXTRA_ACTIONS = (
    guardians_without_accounts,
    guardians_come_and_go, calls_that_are_no_case, wishes_of_a_family, wishes_by_link,
    calls_of_a_shift,
    families_without_accounts,
    matches_that_come_to_nothing, stories_and_a_signature_by_link, an_inbox_is_worked,
    providers_report,
    a_family_says_everything, cards_live, a_lost_card_is_found, one_card_per_person,
    holders_without_accounts, partners_change,
)  # fmt: skip


@pytest.mark.requirement("X-03")
def test_every_route_that_changes_something_is_used_in_bounded_transactions(
    extra: ExtraActions,
) -> None:
    extra.run.families |= table("families")
    for action in EXTRA_ACTIONS:
        action(extra)

    unused = {
        f"{method} /{service}{pattern}"
        for service, method, pattern in _routes(extra.journey)
        if not any(
            method == used and re.fullmatch(_shape(f"/{service}{pattern}"), path)
            for used, path in extra.journey.called
        )
    }
    assert unused == set()
    too_large = {a: n for a, n in extra.journey.sizes.items() if n > MAX_ITEMS}
    assert too_large == {}


def _routes(journey: JourneyWorld) -> Iterator[tuple[str, str, str]]:
    """All routes that change something."""
    for service, module in journey.world.apps.items():
        for pattern, methods in module.app.routes.items():
            for method in methods:
                if method not in ("GET", "OPTIONS"):
                    yield service, method, pattern
    for route in till.declared:
        if route.method != "GET":
            yield "till", route.method, route.path


def _shape(pattern: str) -> str:
    return re.sub(r"\\{\w+\\}", "[^/]+", re.escape(pattern))
