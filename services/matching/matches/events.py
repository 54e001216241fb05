"""The events of a match."""

from datetime import datetime
from typing import Any

from pydantic.alias_generators import to_pascal

from services.matching.matches.domain import Match
from services.matching.matches.facts import DEADLINES, Passed
from services.matching.matches.values import CancelReason
from shared.events import matching as published
from shared.events import matching_progress
from shared.events.base import Event
from shared.reference import regions

# A deadline is announced by the event of its name.
_EVENTS: dict[str, Any] = {**vars(published), **vars(matching_progress)}
ANNOUNCEMENTS: dict[str, type[Event]] = {
    deadline.name: _EVENTS[to_pascal(deadline.name)] for deadline in DEADLINES
}


def event_fields(match: Match) -> dict[str, str]:
    """Return what every event about a match says."""
    return {
        "region": match.region,
        "programme": match.programme.value,
        "match_id": match.match_id,
        "case_id": match.case_id,
        "family_id": match.family_id,
        "guardian_id": match.guardian_id,
    }


def caught_up(match: Match, now: datetime) -> tuple[Match, list[Event]]:
    """Return the match before a step that ends its waiting, and the breaches to announce first."""
    caught, passed = match.catch_up(now, regions.zone(match.region))
    return caught, [deadline_event(caught, each) for each in passed]


def proposed_event(match: Match, categories: tuple[str, ...], *, met: bool = False) -> Event:
    """Return the event that a guardian is proposed, which the family may have `met` already."""
    return published.MatchProposed(
        **event_fields(match),
        introduction_due_at=match.introduction_due_at,
        categories=categories,
        uncovered=match.uncovered,
        met=met,
    )


def cancelled_event(cancelled: Match) -> Event:
    """Return the event that a match was cancelled, why and by which role."""
    return published.MatchCancelled(
        **event_fields(cancelled),
        **_why(cancelled),
        introduction_due_at=cancelled.introduction_due_at,
        next_guardian_ids=next_of(cancelled),
    )


def next_of(match: Match) -> tuple[str, ...]:
    """Return who is next in line for the family, by id."""
    return match.next_in_line.guardian_ids if match.next_in_line else ()


def _why(cancelled: Match) -> dict[str, str]:
    """Return reason and author of a cancellation; `time_limit` is the system's when time is up.

    A family that needs nothing any more hears of no search for another guardian.
    """
    reason, by = cancelled.over_reason or "", cancelled.over_by or ""
    if cancelled.needs_met_at is not None:
        return {"reason": reason, "by": "system"}
    lapsed = by == "system" and reason == CancelReason.LAPSED
    return {"reason": reason, "by": "time_limit" if lapsed else by}


def deadline_event(match: Match, passed: Passed) -> Event:
    """Return the event that announces a deadline; it takes what it declares of these facts."""
    facts: dict[str, Any] = {
        "due_at": match.introduction_due_at,
        "introduction_due_at": match.introduction_due_at,
        "met_at": match.introduction.held_at if match.introduction else None,
        "number": match.next_agreement.number if match.next_agreement else 1,
        "starts_on": match.agreement.starts_on if match.agreement else None,
        "asked": match.asked,
        "may_end_at": match.hq_may_end_at,
        "guardian_ids": next_of(match),
        "next_guardian_ids": next_of(match),
    } | _why(match)
    if passed.call is not None:
        facts |= {name: getattr(passed.call, name) for name in ("kind", "due_on", "attempt")}
    return ANNOUNCEMENTS[passed.deadline].model_validate(event_fields(match) | facts)
