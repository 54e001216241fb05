"""Who calls what in matching: guardians, matches and stories at every stage."""

from datetime import timedelta
from typing import Any

import pytest

from shared.principal import Principal
from tests.fuzz.callers import Caller
from tests.matching.api_client import (
    BOT,
    FEDERAL,
    HQ,
    OPERATIONS,
    TRAINING,
    MatchingClient,
    application,
    draft,
    family_of,
    introduction,
    rep,
)
from tests.support.world import World, at

REASON = {"reason": "other"}
PAPER = {"by": "family", "evidence": "paper"}
NOTICE = {"reason": "conflict"}
TEXT = {"text": "Вместе покрасили забор", "consent_ref": "C-1"}
HELP = {"category": "household_help", "districts": ["D01"], "max_families": 1}
MIGHT = {"capabilities": [HELP], "districts": ["D01"], "capacity_families": 3}
START = at("2026-09-14 10:00")


def callers(world: World, _: pytest.MonkeyPatch) -> dict[str, Caller]:
    """Seed matching and return a caller for every operation."""
    client = MatchingClient(world)
    client.staffed()
    return _of_guardians(client) | _of_matches(client) | _of_regions(client)


def _of_guardians(client: MatchingClient) -> dict[str, Caller]:
    day = str(client.now().date() - timedelta(days=1))
    applied, approved, assigned = client.applied(), client.approved(), client.assigned()
    vetted, asked = client.applied(), client.applied()
    question = {"invited_role": "head", "question": "Кто будет приходить в семью?"}
    for each in (vetted, asked):
        client.do(FEDERAL, f"/guardians/{each}/vetting")
        client.do(FEDERAL, f"/guardians/{each}/checks", {"code": "registry", "passed": True})
    client.do(FEDERAL, f"/guardians/{asked}/clarification", question)
    ready, paused, gone = client.ready(), client.ready(), client.ready()
    client.do(HQ, f"/guardians/{paused}/pause", {"reason": "holidays"})
    client.do(FEDERAL, f"/guardians/{gone}/withdrawal", REASON)

    def for_guardian(guardian: str, who: Principal = FEDERAL, **more: Any) -> Caller:
        return Caller(who, {"guardian_id": guardian}, **more)

    training = {"course": "basics", "completed_on": day, "certificate_ref": "C-1"}
    return {
        "show_reference": Caller(query={"region": "ZR"}),
        "apply_as_guardian": Caller(body=application(), keep=("region", "consent_processing")),
        "register_application": Caller(
            HQ, body=application(), keep=("region", "consent_processing")
        ),
        "list_applications": Caller(FEDERAL),
        "list_guardians": Caller(HQ, query={"region": "ZR"}),
        "view_guardian": for_guardian(ready, HQ),
        "view_guardian_contact": for_guardian(ready, rep(ready)),
        "take_into_vetting": for_guardian(applied),
        "record_check": for_guardian(vetted, body={"code": "registry", "passed": True}),
        "approve_guardian": for_guardian(vetted),
        "reject_guardian": for_guardian(vetted, body=REASON),
        "open_clarification": for_guardian(vetted, body=question),
        "close_clarification": for_guardian(
            asked, HQ, body={"held_on": day, "result": "satisfied", "note": "Придут двое"}
        ),
        "assign_guardian": for_guardian(approved, body={"region": "ZR"}, keep=("region",)),
        "record_training": for_guardian(assigned, TRAINING, body=training),
        "hold_interview": for_guardian(assigned, HQ, body={"held_on": day, "result": "passed"}),
        "hold_briefing": for_guardian(assigned, HQ, body={"held_on": day}),
        "sign_participation_agreement": for_guardian(
            assigned, HQ, body={"template_version": "2026-1"}
        ),
        "change_possibilities": for_guardian(
            ready,
            rep(ready),
            body=MIGHT,
            headers={"If-Match": client.api(HQ).get(f"/guardians/{ready}").etag},
        ),
        "pause_guardian": for_guardian(
            ready, HQ, body={"reason": "holidays", "keep_families": True}
        ),
        "resume_guardian": for_guardian(paused, HQ),
        "withdraw_guardian": for_guardian(ready, rep(ready), body=REASON),
        "erase_guardian_contact": for_guardian(gone),
    }


def _of_matches(client: MatchingClient) -> dict[str, Caller]:
    here = client.now()
    client.world.set_time(here - timedelta(days=15))
    guardian = client.ready(capacity_families=9)
    cared = client.active(client.waiting(), guardian)
    client.world.advance(here)
    cases = [client.waiting() for _ in range(6)]
    proposed = client.proposed(cases[0], guardian)
    met = client.introduced(client.proposed(cases[1], guardian))
    drafted = client.introduced(client.proposed(cases[2], guardian))
    client.do(HQ, f"/matches/{drafted}/agreement", draft("ned_1"))
    client.do(rep(guardian), f"/matches/{drafted}/agreement/signatures", {})
    link = str(client.get(HQ, f"/matches/{drafted}/agreement/link")["link"])
    active = client.active(cases[3], guardian)
    client.do(rep(guardian), f"/matches/{active}/notices", NOTICE)
    ending = client.active(cases[5], guardian)
    for who, notice in ((rep(guardian), NOTICE), (HQ, NOTICE | PAPER)):
        client.do(who, f"/matches/{ending}/notices", notice)
    given = {"need_id": "ned_1", "given_at": client.moment(), "note": "Помыли окна"}
    client.do(rep(guardian), f"/matches/{active}/visits", given)
    visit = client.get(HQ, f"/matches/{active}/visits")["items"][0]["visit_id"]
    story, cleared = (
        client.do(rep(guardian), f"/matches/{active}/stories", TEXT)["id"] for _ in range(2)
    )
    client.do(FEDERAL, f"/stories/{cleared}/clearance")

    def for_match(match: str, who: Principal = HQ, **more: Any) -> Caller:
        return Caller(who, {"match_id": match}, **more)

    def told(**more: Any) -> Caller:
        return Caller(path={"story_id": story}, **more)

    family = {"Ryadom-On-Behalf-Of": family_of(cases[3])}
    return {
        "list_waiting_families": Caller(HQ, query={"region": "ZR"}),
        "view_candidates": Caller(HQ, {"case_id": cases[4]}),
        "propose_match": Caller(
            HQ,
            body={"case_id": cases[4], "guardian_id": guardian},
            keep=("case_id", "guardian_id"),
        ),
        "list_matches": Caller(BOT, headers=family),
        "view_match": for_match(active, rep(guardian)),
        "view_decision": for_match(active),
        "view_guardian_contact_of_match": for_match(active, BOT, headers=family),
        "hold_introduction": for_match(
            proposed, body=introduction(client.moment()), keep=("held_at",)
        ),
        "decline_match": for_match(proposed, rep(guardian), body=REASON),
        "cancel_match": for_match(proposed, body=REASON),
        "draft_agreement": for_match(met, rep(guardian), body=draft("ned_1"), keep=("need_ids",)),
        "view_signing_link": for_match(drafted),
        "sign_agreement": for_match(drafted, body=PAPER, keep=("by", "evidence")),
        "sign_by_link": Caller(body={"link": link}, keep=("link",)),
        "record_help": for_match(active, rep(guardian), body=given, keep=("need_id", "given_at")),
        "list_visits": for_match(active, BOT, headers=family),
        "confirm_help": Caller(BOT, {"visit_id": visit}, headers=family),
        "record_call": for_match(
            cared, body={"kind": "two_weeks", "result": "fine", "note": "Всё хорошо"}
        ),
        "view_notes": for_match(active),
        "report_care": for_match(
            active,
            rep(guardian),
            body={"period": "2026-08", "done": "Помыли окна", "resources_ok": True},
        ),
        "list_reports": for_match(active, rep(guardian)),
        "submit_story": for_match(active, rep(guardian), body=TEXT),
        "notify_termination": for_match(active, BOT, headers=family, body=NOTICE, keep=("reason",)),
        "withdraw_notice": for_match(active, rep(guardian), body={}),
        "end_care": for_match(ending, body={"reason": "conflict", "conflict_note": "Поссорились"}),
        "list_stories": Caller(rep(guardian)),
        "view_story": told(who=HQ),
        "record_story_consent": told(who=HQ, body={"consent_ref": "C-2"}),
        "clear_story": told(who=FEDERAL),
        "decline_story": told(who=FEDERAL, body=REASON),
        "take_down_story": Caller(HQ, {"story_id": cleared}, body=REASON),
    }


def _of_regions(client: MatchingClient) -> dict[str, Caller]:
    here = {"region": "ZR"}
    solved = {"round_id": client.do(HQ, "/rounds", here)["id"]}
    return {
        "open_round": Caller(HQ, body=here, keep=("region",)),
        "list_rounds": Caller(HQ, query=here),
        "view_round": Caller(HQ, solved),
        "commit_round": Caller(HQ, solved, body={"override_reason": "partial"}),
        "view_figures": Caller(HQ, here, query={"first": "2026-08", "last": "2026-09"}),
        "view_headquarters": Caller(OPERATIONS, here),
        "staff_headquarters": Caller(
            OPERATIONS, here, body={"coordinators": ["HQ-1", "HQ-2"]}, headers={"If-Match": "1"}
        ),
        "view_suggestions": Caller(HQ, here),
        "view_shortage": Caller(HQ, here),
    }
