"""Who calls what in matching: guardians, matches and stories at every stage."""

from datetime import timedelta
from typing import Any

from shared.principal import Principal
from tests.fuzz.callers import Seat
from tests.matching.api_client import (
    BOT,
    FEDERAL,
    HQ,
    OPERATIONS,
    TRAINING,
    Office,
    application,
    draft,
    introduction,
    rep,
)
from tests.support.world import World

REASON = {"reason": "other_reason"}
PAPER = {"by": "family", "evidence": "paper"}
NOTICE = {"reason": "conflict"}
TEXT = {"text": "Вместе покрасили забор", "consent_ref": "C-1"}
HELP = {"category": "household_help", "districts": ["D01"], "max_families": 1}
MIGHT = {"capabilities": [HELP], "districts": ["D01"], "capacity_families": 3}


def seats(world: World) -> dict[str, Seat]:
    """Seed matching and sit down at every operation."""
    office = Office(world)
    office.staffed()
    return _of_guardians(office) | _of_matches(office) | _of_regions(office)


def _of_guardians(office: Office) -> dict[str, Seat]:
    day = str(office.now().date() - timedelta(days=1))
    applied, approved, assigned = office.applied(), office.approved(), office.assigned()
    vetted, asked = office.applied(), office.applied()
    question = {"invited_role": "head", "question": "Кто будет приходить в семью?"}
    for each in (vetted, asked):
        office.do(FEDERAL, f"/guardians/{each}/vetting")
        office.do(FEDERAL, f"/guardians/{each}/checks", {"code": "registry", "passed": True})
    office.do(FEDERAL, f"/guardians/{asked}/clarification", question)
    ready, paused, gone = office.ready(), office.ready(), office.ready()
    office.do(HQ, f"/guardians/{paused}/pause", {"reason": "holidays"})
    office.do(FEDERAL, f"/guardians/{gone}/withdrawal", REASON)

    def at(guardian: str, who: Principal = FEDERAL, **more: Any) -> Seat:
        return Seat(who, {"guardian_id": guardian}, **more)

    training = {"course": "basics", "completed_on": day, "certificate_ref": "C-1"}
    return {
        "show_reference": Seat(query={"region": "ZR"}),
        "apply_as_guardian": Seat(body=application(), keep=("region", "consent_processing")),
        "register_application": Seat(HQ, body=application(), keep=("region", "consent_processing")),
        "list_applications": Seat(FEDERAL),
        "list_guardians": Seat(HQ, query={"region": "ZR"}),
        "view_guardian": at(ready, HQ),
        "view_guardian_contact": at(ready, rep(ready)),
        "take_into_vetting": at(applied),
        "record_check": at(vetted, body={"code": "registry", "passed": True}),
        "approve_guardian": at(vetted),
        "reject_guardian": at(vetted, body=REASON),
        "open_clarification": at(vetted, body=question),
        "close_clarification": at(
            asked, HQ, body={"held_on": day, "result": "clear", "note": "Придут двое"}
        ),
        "assign_guardian": at(approved, body={"region": "ZR"}, keep=("region",)),
        "record_training": at(assigned, TRAINING, body=training),
        "hold_interview": at(assigned, HQ, body={"held_on": day, "result": "passed"}),
        "hold_briefing": at(assigned, HQ, body={"held_on": day}),
        "sign_participation_agreement": at(assigned, HQ, body={"template_version": "2026-1"}),
        "change_possibilities": at(
            ready,
            rep(ready),
            body=MIGHT,
            headers={"If-Match": office.api(HQ).get(f"/guardians/{ready}").etag},
        ),
        "pause_guardian": at(ready, HQ, body={"reason": "holidays", "keep_families": True}),
        "resume_guardian": at(paused, HQ),
        "withdraw_guardian": at(ready, rep(ready), body=REASON),
        "erase_guardian_contact": at(gone),
    }


def _of_matches(office: Office) -> dict[str, Seat]:
    here = office.now()
    office.world.set_time(here - timedelta(days=15))
    guardian = office.ready(capacity_families=9)
    cared = office.active(office.waiting(), guardian)
    office.world.advance(here)
    cases = [office.waiting() for _ in range(6)]
    proposed = office.proposed(cases[0], guardian)
    met = office.introduced(office.proposed(cases[1], guardian))
    drafted = office.introduced(office.proposed(cases[2], guardian))
    office.do(HQ, f"/matches/{drafted}/agreement", draft("ned_1"))
    office.do(rep(guardian), f"/matches/{drafted}/agreement/signatures", {})
    link = str(office.get(HQ, f"/matches/{drafted}/agreement/link")["link"])
    active = office.active(cases[3], guardian)
    office.do(rep(guardian), f"/matches/{active}/notices", NOTICE)
    ending = office.active(cases[5], guardian)
    for who, notice in ((rep(guardian), NOTICE), (HQ, NOTICE | PAPER)):
        office.do(who, f"/matches/{ending}/notices", notice)
    given = {"need_id": "ned_1", "given_at": office.moment(), "note": "Помыли окна"}
    office.do(rep(guardian), f"/matches/{active}/visits", given)
    visit = office.get(HQ, f"/matches/{active}/visits")["items"][0]["visit_id"]
    story, cleared = (
        office.do(rep(guardian), f"/matches/{active}/stories", TEXT)["id"] for _ in range(2)
    )
    office.do(FEDERAL, f"/stories/{cleared}/clearance")

    def at(match: str, who: Principal = HQ, **more: Any) -> Seat:
        return Seat(who, {"match_id": match}, **more)

    def told(**more: Any) -> Seat:
        return Seat(path={"story_id": story}, **more)

    family = {"Ryadom-On-Behalf-Of": cases[3]}
    return {
        "list_waiting_families": Seat(HQ, query={"region": "ZR"}),
        "view_candidates": Seat(HQ, {"case_id": cases[4]}),
        "propose_match": Seat(
            HQ,
            body={"case_id": cases[4], "guardian_id": guardian},
            keep=("case_id", "guardian_id"),
        ),
        "list_matches": Seat(BOT, headers=family),
        "view_match": at(active, rep(guardian)),
        "view_guardian_contact_of_match": at(active, BOT, headers=family),
        "hold_introduction": at(proposed, body=introduction(office.moment()), keep=("held_at",)),
        "decline_match": at(proposed, rep(guardian), body=REASON),
        "cancel_match": at(proposed, body=REASON),
        "draft_agreement": at(met, rep(guardian), body=draft("ned_1"), keep=("need_ids",)),
        "view_signing_link": at(drafted),
        "sign_agreement": at(drafted, body=PAPER, keep=("by", "evidence")),
        "sign_by_link": Seat(body={"link": link}, keep=("link",)),
        "record_help": at(active, rep(guardian), body=given, keep=("need_id", "given_at")),
        "list_visits": at(active, BOT, headers=family),
        "confirm_help": Seat(BOT, {"visit_id": visit}, headers=family),
        "record_call": at(
            cared, body={"kind": "two_weeks", "result": "fine", "note": "Всё хорошо"}
        ),
        "view_notes": at(active),
        "report_care": at(
            active,
            rep(guardian),
            body={"period": "2026-08", "done": "Помыли окна", "resources_ok": True},
        ),
        "list_reports": at(active, rep(guardian)),
        "submit_story": at(active, rep(guardian), body=TEXT),
        "notify_termination": at(active, BOT, headers=family, body=NOTICE, keep=("reason",)),
        "withdraw_notice": at(active, rep(guardian), body={}),
        "end_care": at(ending, body={"reason": "conflict", "conflict_note": "Поссорились"}),
        "list_stories": Seat(rep(guardian)),
        "view_story": told(who=HQ),
        "record_story_consent": told(who=HQ, body={"consent_ref": "C-2"}),
        "clear_story": told(who=FEDERAL),
        "decline_story": told(who=FEDERAL, body=REASON),
        "take_down_story": Seat(HQ, {"story_id": cleared}, body=REASON),
    }


def _of_regions(office: Office) -> dict[str, Seat]:
    here = {"region": "ZR"}
    return {
        "view_figures": Seat(HQ, here, query={"first": "2026-08", "last": "2026-09"}),
        "view_headquarters": Seat(OPERATIONS, here),
        "staff_headquarters": Seat(
            OPERATIONS, here, body={"coordinators": ["HQ-1", "HQ-2"]}, headers={"If-Match": "1"}
        ),
        "view_suggestions": Seat(HQ, here),
    }
