"""What goes out about a match: all of it to the headquarters, its own part to each side."""

from datetime import date, datetime

from services.matching.follow_ups.domain import FollowUp
from services.matching.matches.domain import Match
from services.matching.matches.values import (
    CareAgreement,
    Ending,
    Introduction,
    MatchStatus,
    Need,
    Notice,
)
from shared.api.models import View
from shared.principal import Principal

HQ_ROLE = "regional_hq"
HQ_STEPS = frozenset({"hold_introduction", "cancel", "record_call", "end"})


class MatchView(View):
    """A match; no note, no contact, and follow-up calls for the headquarters only."""

    match_id: str
    case_id: str
    guardian_id: str
    programme: str
    region: str
    district: str
    status: MatchStatus
    proposed_at: datetime
    introduction_due_at: datetime
    overdue: bool
    needs: tuple[Need, ...]
    uncovered: tuple[str, ...]
    override_reason: str | None
    introduction: Introduction | None
    contacts_released: bool
    agreement: CareAgreement | None
    next_agreement: CareAgreement | None
    former_agreements: tuple[CareAgreement, ...]
    agreed_at: datetime | None
    started_on: date | None
    visits: int
    last_visit_on: date | None
    follow_ups: tuple[FollowUp, ...]
    notices: tuple[Notice, ...]
    ending: Ending | None
    over_by: str | None
    over_reason: str | None
    over_at: datetime | None
    next_steps: tuple[str, ...]
    version: int


def match_view(match: Match, caller: Principal) -> MatchView:
    """Return the match as that caller may see it."""
    met_in_time = match.introduction is not None and match.introduction.in_time
    overdue = "introduction_overdue" in match.fired and not met_in_time
    if caller.role == HQ_ROLE:
        return MatchView.of(match, overdue=overdue)
    return MatchView.of(
        match,
        overdue=overdue,
        follow_ups=(),
        override_reason=None,
        next_steps=tuple(step for step in match.next_steps if step not in HQ_STEPS),
    )


class NoteView(View):
    """A note of the headquarters."""

    record: str
    note: str


class NotesView(View):
    """All notes on one match."""

    items: list[NoteView]
