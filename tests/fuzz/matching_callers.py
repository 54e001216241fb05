"""Who calls what in matching: guardians, matches and stories at every stage."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared import clock, ids
from shared.events.intake import CaseClosed
from shared.principal import Principal
from tests.fuzz.callers import Caller
from tests.matching.api_client import (
    BOT,
    FEDERAL,
    FEDERAL_2,
    HQ,
    OPERATIONS,
    TRAINING,
    MatchingClient,
    application,
    chat_of,
    checked,
    draft,
    family_of,
    inn,
    introduction,
    of_case,
    ogrn,
    read_text,
    rep,
)
from tests.matching.gifts import test_api as gifts
from tests.matching.media.photos import JPEG
from tests.matching.media.test_api import opened, uploaded
from tests.matching.resources import test_api as resources
from tests.matching.sign_ins.test_api import asked, code_of, contact, signed_in
from tests.matching.training_tables.test_api import opened as opened_table
from tests.matching.training_tables.test_api import table, worked
from tests.matching.volunteer_tasks import test_api as volunteer_tasks
from tests.matching.volunteers import test_api as volunteers
from tests.support.world import World, at

REASON = {"reason": "other"}
PAPER = {"by": "family", "evidence": "paper"}
NOTICE = {"reason": "conflict"}
TEXT = {"text": "Вместе покрасили забор"}
ANEW = {"inn": inn(999), "ogrn": ogrn(999)}
APPLYING = ("region", "consent_processing", "inn", "ogrn")
SIGNED_IN, BOUND, ANOTHER, UNKNOWN = (f"+791600088{n}" for n in range(10, 14))
CHANGING, NEXT, REPLACED = (f"+791600088{n}" for n in range(14, 17))
BINDER = replace(BOT, scopes=("bind_people",))
MOVED = {"contact": contact(NEXT), "contact_role": "head", "consent_processing": True}
HELP = {"category": "household_help", "district_ids": ["D01"], "max_families": 1}
MIGHT = {
    "capabilities": [HELP],
    "district_ids": ["D01"],
    "capacity_families": 3,
    "radius_km": 20,
    "schedule": [{"day": "sat", "part": "morning"}],
    "preferences": ["elderly"],
    "exclusions": ["no_lift"],
}
CLOSED = ids.new("cas")
START = at("2026-09-14 10:00")


def callers(world: World, _: pytest.MonkeyPatch) -> dict[str, Caller]:
    """Seed matching and return a caller for every operation."""
    client = MatchingClient(world)
    client.staffed()
    # Days pass for these; codes to sign in live for minutes.
    network = _of_volunteers(client)
    own = _of_sign_ins(client) | _of_guardians(client)
    return network | own | _of_matches(client) | _of_regions(client)


def _of_sign_ins(client: MatchingClient) -> dict[str, Caller]:
    for phone in (SIGNED_IN, BOUND):
        client.applied(contact=contact(phone))
    person, tokens = signed_in(client, SIGNED_IN)
    client.applied(contact=contact(CHANGING))
    mover, _ = signed_in(client, CHANGING)
    started = client.post(mover, "/contact-changes", MOVED).json["id"]
    client.world.settle()
    codes = {each["use"]: each["sign_in_id"] for each in client.told("SignInRequested")}
    both = {f"{use}_code": code_of(client, codes[f"{use}_contact"]) for use in ("old", "new")}
    code_asked = asked(client, SIGNED_IN)
    chat = str(client.post(BINDER, "/bindings", {"contact": BOUND, "chat": "chat-1"}).json["id"])
    binding = {"code": code_of(client, chat)}
    bound = client.post(BINDER, f"/bindings/{chat}/token", binding).json["device_id"]
    client.applied(contact=contact(ANOTHER))
    chat = str(client.post(BINDER, "/bindings", {"contact": ANOTHER, "chat": "chat-2"}).json["id"])
    return {
        "request_code": Caller(body={"contact": UNKNOWN}, keep=("contact",)),
        "exchange_code": Caller(
            path={"sign_in_id": code_asked},
            body={"code": code_of(client, code_asked), "device": "phone"},
            keep=("code",),
        ),
        "renew_tokens": Caller(
            body={"refresh_token": tokens["refresh_token"]}, keep=("refresh_token",)
        ),
        "request_binding": Caller(
            BINDER, body={"contact": UNKNOWN, "chat": "chat-3"}, keep=("contact", "chat")
        ),
        "bind_chat": Caller(
            BINDER, {"sign_in_id": chat}, body={"code": code_of(client, chat)}, keep=("code",)
        ),
        "renew_chat": Caller(BINDER, {"device_id": bound}),
        **_of_volunteer_contact(client),
        "start_contact_change": Caller(person, body=MOVED, keep=("contact", "consent_processing")),
        "confirm_contact_change": Caller(
            mover, {"change_id": started}, body=both, keep=tuple(both)
        ),
        "list_devices": Caller(person),
        "revoke_device": Caller(person, {"device_id": tokens["device_id"]}),
    }


def _of_volunteer_contact(client: MatchingClient) -> dict[str, Caller]:
    one = {"volunteer_id": volunteers.approved(client, 40, account="V-1")}
    moved = {"contact": contact(NEXT), "consent_processing": True}
    return {
        "start_volunteer_contact_change": Caller(
            volunteers.VOLUNTEER, one, body=moved, keep=tuple(moved)
        ),
        "replace_volunteer_contact": Caller(
            volunteers.VC, one, body=moved | {"evidence": "paper"}, keep=tuple(moved)
        ),
    }


def _of_guardians(client: MatchingClient) -> dict[str, Caller]:
    day = str(client.now().date())
    applied, approved, assigned = client.applied(), client.approved(), client.assigned()
    vetted, asked = client.vetted(), client.vetted()
    question = {"invited_role": "head", "question": "Кто будет приходить в семью?"}
    client.do(FEDERAL, f"/guardians/{asked}/clarification", question)
    ready, paused, gone = client.ready(), client.ready(), client.ready()
    client.do(HQ, f"/guardians/{paused}/pause", {"reason": "holidays"})
    client.do(FEDERAL, f"/guardians/{gone}/withdrawal", REASON)

    def for_guardian(guardian: str, who: Principal = FEDERAL, **more: Any) -> Caller:
        return Caller(who, {"guardian_id": guardian}, **more)

    content = table(f"Сомов;{inn(804)};basics;{day};C-4")
    done_table = worked(client, HQ, content)["table_id"]
    uploaded_table = opened_table(client, HQ)
    handed_in = str(
        client.do(HQ, "/guardians", application(inn=inn(805), title="Клуб «Опора»"))["id"]
    )
    client.world.files.objects[f"tables/{uploaded_table}/upload"] = content
    training = {"course": "basics", "completed_on": day, "certificate_ref": "C-1"}
    return {
        "show_reference": Caller(query={"region": "ZR"}),
        "apply_as_guardian": Caller(body=application(**ANEW), keep=APPLYING),
        "register_application": Caller(HQ, body=application(**ANEW), keep=APPLYING),
        "view_application": for_guardian(handed_in, HQ),
        "view_participation_text": Caller(),
        "view_evidence": for_guardian(ready, HQ),
        "correct_application": for_guardian(
            applied,
            body={"team_kind": "work_collective", "team_size": 5, "host_title": "Фонд «Опора»"},
            headers={"If-Match": client.api(FEDERAL).get(f"/guardians/{applied}").etag},
        ),
        "list_talks": for_guardian(asked, HQ),
        "list_applications": Caller(FEDERAL),
        "list_guardians": Caller(HQ, query={"region": "ZR"}),
        "replace_contact": for_guardian(
            ready,
            body=MOVED | {"contact": contact(REPLACED), "evidence": "paper"},
            keep=("contact", "consent_processing"),
        ),
        "view_guardian": for_guardian(ready, HQ),
        "view_guardian_contact": for_guardian(ready, rep(ready)),
        "list_guardian_readings": for_guardian(ready, rep(ready)),
        "rename_guardian": for_guardian(
            ready,
            body={"title": "АО «Мастер»", "host_title": "Фонд «Опора»"}
            | {"checked_on": day, "evidence_ref": "EX-1"},
        ),
        "take_into_vetting": for_guardian(applied),
        "record_check": for_guardian(vetted, body=checked("registry", day)),
        "approve_guardian": for_guardian(vetted, FEDERAL_2),
        "reject_guardian": for_guardian(vetted, body=REASON),
        "open_clarification": for_guardian(vetted, body=question),
        "close_clarification": for_guardian(
            asked, HQ, body={"held_on": day, "result": "satisfied", "note": "Придут двое"}
        ),
        "assign_guardian": for_guardian(approved, body={"region": "ZR"}, keep=("region",)),
        "record_training": for_guardian(assigned, TRAINING, body=training),
        "open_training_table": Caller(TRAINING, body={"region": "ZR"}, keep=("region",)),
        "list_training_tables": Caller(HQ, query={"region": "ZR"}),
        "start_training_table": Caller(HQ, {"table_id": uploaded_table}),
        "cancel_training_table": Caller(HQ, {"table_id": uploaded_table}),
        "view_training_table": Caller(HQ, {"table_id": done_table}),
        "view_training_result": Caller(HQ, {"table_id": done_table}),
        "hold_interview": for_guardian(assigned, HQ, body={"held_on": day, "result": "passed"}),
        "hold_briefing": for_guardian(assigned, HQ, body={"held_on": day}),
        "sign_participation_agreement": for_guardian(
            assigned, HQ, body=read_text(), keep=("template_version", "text_hash")
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
    cared, called = (client.active(client.waiting(), guardian) for _ in range(2))
    client.world.advance(here - timedelta(days=14))
    lapsed, met_at = client.proposed(client.waiting(), guardian), client.moment()
    client.world.advance(here - timedelta(days=4))
    late = client.proposed(client.waiting(), guardian)
    client.world.advance(here)
    client.do(HQ, f"/matches/{called}/calls", {"kind": "two_weeks", "result": "problem"})
    parted = client.heard(client.active(client.waiting(), guardian))
    client.do(HQ, f"/matches/{parted}/ending", {"reason": "conflict"})
    cases = [client.waiting() for _ in range(6)]
    proposed = client.proposed(cases[0], guardian)
    met = client.introduced(client.proposed(cases[1], guardian))
    drafted = client.introduced(client.proposed(cases[2], guardian))
    client.do(HQ, f"/matches/{drafted}/agreement", draft("ned_1"))
    client.do(rep(guardian), f"/matches/{drafted}/agreement/signatures", {})
    link = str(client.do(HQ, f"/matches/{drafted}/agreement/link")["link"])
    active = client.active(cases[3], guardian)
    client.do(rep(guardian), f"/matches/{active}/notices", NOTICE)
    ending = client.active(cases[5], guardian)
    for who, notice in ((rep(guardian), NOTICE), (HQ, NOTICE | PAPER)):
        client.do(who, f"/matches/{ending}/notices", notice)
    client.do(rep(guardian), f"/matches/{ending}/concerns", {"concern": "too_much"})
    given = {"need_id": "ned_1", "given_at": client.moment(), "note": "Помыли окна"}
    client.do(rep(guardian), f"/matches/{active}/visits", given)
    visits = client.get(HQ, f"/matches/{active}/visits")["items"]
    visit = next(each["visit_id"] for each in visits if each["noted"])
    story, cleared = (
        client.do(rep(guardian), f"/matches/{active}/stories", TEXT)["id"] for _ in range(2)
    )
    for told_of in (story, cleared):
        client.do(HQ, f"/stories/{told_of}/consent", {"consent_ref": "C-1"})
    client.do(FEDERAL, f"/stories/{cleared}/clearance")

    photo = uploaded(client, active, guardian)
    waiting = opened(client, active, guardian)
    client.world.files.objects[waiting["upload_fields"]["key"]] = JPEG

    def for_match(match: str, who: Principal = HQ, **more: Any) -> Caller:
        return Caller(who, {"match_id": match}, **more)

    def told(**more: Any) -> Caller:
        return Caller(path={"story_id": story}, **more)

    family = chat_of(family_of(cases[3]))
    return {
        "list_waiting_families": Caller(HQ, query={"region": "ZR"}),
        "list_readings": Caller(family, {"family_id": family_of(cases[3])}),
        "view_candidates": Caller(HQ, {"case_id": cases[4]}),
        "list_unsuitable": Caller(HQ, {"case_id": cases[4]}),
        "list_families_suited": Caller(HQ, {"guardian_id": guardian}),
        "propose_match": Caller(
            HQ,
            body={"case_id": cases[4], "guardian_id": guardian},
            keep=("case_id", "guardian_id"),
        ),
        "list_matches": Caller(family, query={"region": "ZR"}),
        "view_match": for_match(active, rep(guardian)),
        "view_decision": for_match(active),
        "view_guardian_contact_of_match": for_match(active, family),
        "hold_introduction": for_match(
            proposed, body=introduction(client.moment()), keep=("held_at",)
        ),
        "record_late_introduction": for_match(
            lapsed,
            body=introduction(met_at) | {"evidence": "paper", "resume": False},
            keep=("held_at", "evidence"),
        ),
        "accept_match": for_match(proposed, rep(guardian), body={}),
        "explain_delay": for_match(late, body={"reason": "illness"}),
        "decline_match": for_match(proposed, rep(guardian), body=REASON),
        "cancel_match": for_match(proposed, body=REASON),
        "draft_agreement": for_match(met, rep(guardian), body=draft("ned_1"), keep=("need_ids",)),
        "issue_signing_link": for_match(drafted),
        "sign_agreement": for_match(drafted, body=PAPER, keep=("by", "evidence")),
        "sign_by_link": Caller(body={"link": link}, keep=("link",)),
        "record_help": for_match(active, rep(guardian), body=given, keep=("need_id", "given_at")),
        "list_visits": for_match(active, family),
        "view_visit_note": Caller(HQ, {"visit_id": visit}),
        "correct_help": Caller(
            HQ,
            {"visit_id": visit},
            body={"reason": "not_given", "not_given": True},
            keep=("not_given",),
        ),
        "confirm_help": Caller(family, {"visit_id": visit}),
        "record_call": for_match(
            cared, body={"kind": "two_weeks", "result": "fine", "note": "Всё хорошо"}
        ),
        "correct_call": Caller(
            HQ,
            {"match_id": called, "kind": "two_weeks"},
            body={"reason": "wrong_result", "result": "fine", "not_made": False},
        ),
        "view_notes": for_match(active),
        "report_care": for_match(
            active,
            rep(guardian),
            body={"period": f"{client.now():%Y-%m}", "done": "Помыли окна", "resources_ok": True},
        ),
        "list_reports": for_match(active, rep(guardian)),
        "submit_story": for_match(
            active, rep(guardian), body=TEXT | {"media": [photo]}, keep=("media",)
        ),
        "open_media": for_match(active, rep(guardian), body={"content_type": "image/jpeg"}),
        "confirm_media": Caller(rep(guardian), {"media_id": waiting["id"]}),
        "view_media": Caller(family, {"media_id": photo}),
        "remove_media": Caller(HQ, {"media_id": photo}),
        "notify_termination": for_match(active, family, body=NOTICE, keep=("reason",)),
        "withdraw_notice": for_match(active, rep(guardian), body={}),
        "raise_concern": for_match(
            active, family, body={"concern": "schedule", "note": "Не по субботам"}
        ),
        "view_mediation": for_match(active),
        "open_mediation": Caller(HQ, {"mediation_id": active.replace("mat_", "mdn_")}),
        "end_mediation": for_match(ending, body={"result": "agreed", "note": "По воскресеньям"}),
        "hear_side": for_match(
            active, body={"side": "family", "result": "heard", "note": "Рассказала"}
        ),
        "end_care": for_match(
            client.heard(ending), body={"reason": "conflict", "conflict_note": "Поссорились"}
        ),
        "lift_exclusion": for_match(parted, body={"reason": "reconciled"}),
        "list_stories": Caller(rep(guardian)),
        "view_story": told(who=HQ),
        "record_story_consent": told(who=HQ, body={"consent_ref": "C-2"}),
        "withdraw_story_consent": Caller(family, {"story_id": cleared}, body={}),
        "clear_story": told(who=FEDERAL),
        "decline_story": told(who=FEDERAL, body=REASON),
        "take_down_story": Caller(HQ, {"story_id": cleared}, body=REASON),
    }


def _of_regions(client: MatchingClient) -> dict[str, Caller]:
    here = {"region": "ZR"}
    exported = client.do(HQ, "/exports", here | {"kind": "guardians"})["id"]
    solved = {"round_id": client.do(HQ, "/rounds", here)["id"]}
    return {
        "open_round": Caller(HQ, body=here, keep=("region",)),
        "list_rounds": Caller(HQ, query=here),
        "view_round": Caller(HQ, solved),
        "commit_round": Caller(HQ, solved, body={"override_reason": "partial"}),
        "open_export": Caller(HQ, body=here | {"kind": "matches"}, keep=("region",)),
        "view_export": Caller(HQ, {"export_id": exported}),
        "list_work": Caller(HQ, query=here | {"stage": "active", "due": "today"}),
        "count_work": Caller(HQ, query=here),
        "view_programme_figures": Caller(FEDERAL, query={"first": "2026-08", "last": "2026-09"}),
        "view_figures": Caller(HQ, here, query={"first": "2026-08", "last": "2026-09"}),
        "view_headquarters": Caller(OPERATIONS, here),
        "staff_headquarters": Caller(
            OPERATIONS, here, body={"coordinators": ["HQ-1", "HQ-2"]}, headers={"If-Match": "1"}
        ),
        "view_suggestions": Caller(HQ, here),
        "view_shortage": Caller(HQ, here),
    }


def _of_volunteers(client: MatchingClient) -> dict[str, Caller]:
    """Volunteers, what is offered, and a family whose case is over."""
    applied = volunteers.registered(client)
    approved = volunteers.approved(client, 2, account="V-1")
    now = client.now()
    soon = {"starts_at": clock.iso(now + timedelta(days=1))}
    offered = volunteer_tasks.task(client, approved, **soon)
    accepted = volunteer_tasks.task(client, approved, **soon)
    client.do(volunteers.VC, f"/volunteer-tasks/{accepted}/acceptance")
    offer = resources.kits(client)
    part = {"quantity": 1}
    kept = client.do(resources.CM, f"/resources/{offer}/reservations", part)["id"]
    family = {"family_id": family_of(CLOSED), "paper_ref": "L-1"}
    client.hear(CaseClosed(**of_case(CLOSED), reason="all_needs_met"))
    client.world.advance(now + timedelta(days=2))
    given = client.do(HQ, "/gifts", gifts.GIFT | family)["id"]
    giver = chat_of(family_of(CLOSED))

    def of_volunteer(volunteer: str, who: Principal = volunteers.VC, **more: Any) -> Caller:
        return Caller(who, {"volunteer_id": volunteer}, **more)

    def of_task(task: str, who: Principal = volunteers.VOLUNTEER, **more: Any) -> Caller:
        return Caller(who, {"task_id": task}, **more)

    def of_offer(who: Principal = resources.CM, **more: Any) -> Caller:
        return Caller(who, {"resource_id": offer}, **more)

    def of_part(**more: Any) -> Caller:
        ids = {"resource_id": offer, "reservation_id": kept}
        return Caller(resources.CM, ids, **more)

    wish = volunteers.wish(9)
    can = {name: wish[name] for name in ("district_id", "skills", "availability")}
    task = {
        "category": "repair_work",
        "district_id": "D02",
        "starts_at": clock.iso(now + timedelta(days=9)),
        "place": "Берёзовая, 5",
    }
    return {
        "register_volunteer": Caller(
            volunteers.VC, body=wish, keep=("region", "district_id", "consent_processing")
        ),
        "list_volunteers": Caller(volunteers.VC, query={"region": "ZR", "status": "approved"}),
        "view_volunteer": of_volunteer(approved, volunteers.VOLUNTEER),
        "view_volunteer_contact": of_volunteer(approved),
        "list_volunteer_readings": of_volunteer(approved),
        "change_availability": of_volunteer(
            approved,
            body=can,
            keep=("district_id",),
            headers={"If-Match": client.api(volunteers.VC).get(f"/volunteers/{approved}").etag},
        ),
        "approve_volunteer": of_volunteer(applied, body={"account": "V-7"}),
        "correct_volunteer": of_volunteer(
            applied, body={"kind": "professional", "sector": "ngo", "large_family": False}
        ),
        "change_account": of_volunteer(approved, body={"account": "V-8"}),
        "leave_volunteers": of_volunteer(applied, body={"reason": "moved"}),
        "offer_task": of_volunteer(approved, body=task, keep=("district_id",)),
        "list_tasks": Caller(volunteers.VC, query={"region": "ZR", "status": "offered"}),
        "view_task": of_task(offered),
        "accept_task": of_task(offered),
        "report_task_done": of_task(accepted),
        "decline_task": of_task(offered, body={"reason": "ill"}),
        "cancel_task": of_task(offered, volunteers.VC, body={"reason": "not_needed"}),
        "offer_resource": Caller(
            resources.PROVIDER,
            body={
                "region": "ZR",
                "category": "food_aid",
                "quantity": 3,
                "unit": "kit",
                "sector": "ngo",
            },
            keep=("region",),
        ),
        "list_resources": Caller(resources.CM, query={"region": "ZR", "category": "food_aid"}),
        "view_resource": of_offer(),
        "reserve_resource": of_offer(body=part),
        "list_reservations": of_offer(volunteers.VC),
        "withdraw_resource": of_offer(resources.PROVIDER),
        "give_resource": of_part(),
        "release_resource": of_part(),
        "offer_gift": Caller(giver, body=gifts.GIFT, keep=("opted_in",)),
        "list_gifts": Caller(giver, query={"region": "ZR"}),
        "view_gift": Caller(HQ, {"gift_id": given}),
        "withdraw_gift": Caller(HQ, {"gift_id": given}, body={"paper_ref": "L-2"}),
    }
