"""Families: wishes by headquarters, by bot, by link, and sign-ins."""

from datetime import timedelta

from demo.actions import application
from shared.identity.devices import Devices, holder_of
from tests.journeys.transaction_sizes.extra_actions import (
    EVIDENCE,
    NEEDS,
    WORDS,
    ExtraActions,
    code_to,
)


def wishes_of_a_family(extra: ExtraActions) -> None:
    """The family's own wishes, by headquarters, by bot and by link."""
    do, path = extra.do, extra.family("W-1", 1, external_ref={"system": "a", "id": "1"})
    do("HQ-1", f"{path}/take")
    do("HQ-2", f"{path}/take-over", {"taken_from": "HQ-1", "reason": "agreed"})
    back = {"region": "ZR", "taken_from": "HQ-2", "taken_by": "HQ-1", "reason": "agreed"}
    do("HQ-2", "/intake/v1/caseload-transfers", back)
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
    do("HQ-1", f"{family}/disclosures/end", {"recipient": "D02", "reason": "by_mistake"})
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


def wishes_by_link(extra: ExtraActions) -> None:
    """The family acts through a link of its own; each change uses one up."""
    do, path = extra.do, extra.family("W-2", 2)

    def link() -> dict[str, str]:
        return {"link": do("HQ-1", f"{path}/links")["link"]}

    do(None, "/intake/v1/own-case", link())
    do(None, "/intake/v1/own-case/export", link())
    do(None, "/intake/v1/own-case/access-log", link())
    do(None, "/intake/v1/own-case/corrections", {"add": NEEDS} | link())
    do(None, "/intake/v1/own-case/family", {"motivated": True} | link())
    do(None, "/intake/v1/own-case/consents", {"purpose": "contact", "given": False} | link())
    do(None, "/intake/v1/own-case/withdraw", link())
    path = extra.waiting("W-4", 4)
    do("HQ-1", f"{path}/care-requirement/lift", {"reason": "not_needed"})
    do("HQ-1", f"{path}/triage", {"decision": "one_time"})
    aid = {"category": "food_aid", "persons": 4, "legal_basis": "programme"}
    provider = {"provider_id": extra.run.ids["PR-03"], "funding_project": "low_income_families"}
    do("HQ-1", f"{path}/aids", aid | provider | {"last": False})
    given = extra.run.get("HQ-1", path)["aids"][-1]["aid_id"]
    do("HQ-1", f"{path}/aids/{given}/correct", aid | {"reason": "written_down_wrong"})
    do("HQ-1", f"{path}/aids/{given}/withdraw", {"reason": "recorded_twice"})
    do("HQ-1", f"{path}/aids", aid | provider | {"last": True})
    web = application(extra.run.families["F-07"])
    do(None, "/intake/v1/web-requests", web)
    extra.in_care("W-3", 3)
    path = f"/intake/v1/cases/{extra.run.ids['W-3']}"
    needs = [need["need_id"] for need in extra.run.get("HQ-1", path)["needs"]]
    result = {"outcome": "partial_stability", "needs_met": needs[:9], "note": WORDS}
    do("HQ-1", f"{path}/outcomes", result)


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


def an_organisation_that_closes(extra: ExtraActions) -> None:
    """A foundation is written down, put right, and helps no longer."""
    known = {"name": "Фонд «Забота»", "sector": "ngo", "services": ["food_aid", "repair_work"]}
    made = extra.do("HQ-1", "/intake/v1/providers", known | {"region": "ZR"})
    path = f"/intake/v1/providers/{made['id']}"
    extra.journey.call("HQ-1", "PUT", path, known, if_match=made["version"], must=True)
    extra.do("HQ-1", f"{path}/retire")


ERRANDS = (
    wishes_of_a_family,
    wishes_by_link,
    families_without_accounts,
    an_organisation_that_closes,
)
