"""How each step of a case or a match is taken: where it is posted, and what may be said."""

from collections.abc import Mapping
from random import Random
from typing import Any

from tests.cross_service.region import EVIDENCE, HQ

RESULTS = ("fine", "problem", "unreachable")
KINDS = ("household_help", "child_leisure", "animal_care", "repair_work", "food_aid")

# Where a step is posted, or to which of several places, and what may be said there.
Said = Mapping[str, tuple[str | tuple[str, ...], tuple[Any, ...]]]


def case_steps(seen: Any, chance: Random) -> Said:
    """Return the steps of a case as it is seen."""
    needs = [need["need_id"] for need in seen["needs"] if need["status"] == "open"]
    some = [each for each in needs if chance.random() < 0.5]
    more = [{"category": chance.choice(KINDS)}]
    aid = {"category": "goods_aid", "persons": 3, "legal_basis": "programme", "again": True}
    dropped = [{"need_id": each, "reason": "found_elsewhere"} for each in some]
    # Care goes on after whatever aid.
    last = (True, False) if seen["status"] == "one_time_help" else (None, False)
    return {
        "take": ("take", (None,)),
        "take_over": ("take-over", ({"taken_from": seen["taken_by"], "reason": "agreed"},)),
        "clarify_needs": (
            "needs",
            ({"confirm": needs}, {"met": some, "add": more}, {"met": needs}, {"drop": dropped}),
        ),
        "correct_needs": ("corrections", (EVIDENCE | {"add": more},)),
        "triage": (
            "triage",
            ({"decision": "one_time"}, {"decision": "decline", "reason": "unreachable"}),
        ),
        "require_care": ("care-requirement", ({"long_term_need": True, "reason": "illness"},)),
        "lift_care": ("care-requirement/lift", ({"reason": "family_declined"},)),
        "record_aid": ("aids", tuple(aid | {"last": each} for each in last)),
        "record_outcome": (
            "outcomes",
            ({"outcome": "all_needs_met", "needs_met": some}, {"outcome": "no_change"}),
        ),
        "withdraw": ("withdraw", (EVIDENCE | {"reason": "found_help"},)),
        "reopen": ("reopen", (EVIDENCE | {"reason": "closed_by_mistake"},)),
    }


def match_steps(seen: Any, today: str, moment: str) -> Said:
    """Return the steps of a match as it is seen, for a side itself and for who speaks for one."""
    by = tuple({"by": side, "evidence": "phone_call"} for side in ("family", "guardian"))
    sides: tuple[dict[str, str], ...] = ({}, *by)
    calls, other = ("two_weeks", "one_month"), {"reason": "other"}
    reasons = ("needs_cannot_be_met", "guardian_resources_exhausted", "conflict", "all_needs_met")
    needs = [need["need_id"] for need in seen["needs"]]
    agreed = [need["need_id"] for need in (seen["agreement"] or seen)["needs"]]
    draft = {
        "need_ids": needs[:1],
        "frequency": "weekly",
        "starts_on": today,
        "template_version": "2026-1",
    }
    held = {
        "held_at": moment,
        "format": "in_person",
        "hq_participant": HQ.id,
        "participants": ["family", "guardian"],
    }
    paper = tuple({"by": side, "evidence": "paper"} for side in ("family", "guardian"))
    report = {"period": today[:7], "done": "Не по субботам", "resources_ok": True}
    concern = {"concern": "schedule", "note": "Не по субботам"}
    return {
        "accept": ("acceptance", sides),
        "decline": ("decline", tuple(side | other for side in sides)),
        "cancel": ("cancellation", (other, {"reason": "better_guardian"})),
        "hold_introduction": ("introduction", (held, held | {"late_reason": "illness"})),
        "record_late_introduction": (
            "late-introduction",
            tuple(held | {"evidence": "paper", "resume": resume} for resume in (False, True)),
        ),
        "explain_delay": ("delay", ({"reason": "illness"},)),
        "draft_agreement": ("agreement", (draft,)),
        "sign_agreement": ("agreement/signatures", ({}, *paper)),
        "record_help": (
            "visits",
            tuple({"need_id": need, "given_at": moment} for need in agreed),
        ),
        "record_call": (
            "calls",
            tuple({"kind": kind, "result": result} for kind in calls for result in RESULTS),
        ),
        "correct_call": (
            tuple(f"calls/{kind}/correction" for kind in calls),
            (
                {"reason": "not_made", "not_made": True},
                *({"reason": "wrong_result", "result": result} for result in RESULTS),
            ),
        ),
        "notify_termination": (
            "notices",
            tuple(side | {"reason": reason} for reason in reasons for side in sides),
        ),
        "withdraw_notice": ("notices/withdrawal", sides),
        "end": ("ending", tuple({"reason": reason} for reason in reasons)),
        "raise_concern": ("concerns", tuple(side | concern for side in sides)),
        "hear_side": (
            "hearings",
            tuple({"side": side, "result": "heard"} for side in ("family", "guardian")),
        ),
        "report": ("reports", (report,)),
        "submit_story": ("stories", ({"text": "Вместе не по субботам"},)),
        "end_mediation": ("mediation/result", ({"result": "agreed"},)),
        "lift_exclusion": ("exclusion/lift", ({"reason": "reconciled"},)),
    }
