"""What goes out about a match: all of it to the headquarters, its own part to each side."""

from datetime import date, datetime
from typing import Annotated, Self

from services.matching.codes import OverReason, OverrideReason, StepCode
from services.matching.follow_ups.domain import FollowUp
from services.matching.guardians.values import Programme
from services.matching.matches.domain import Match
from services.matching.matches.facts import OVERDUE
from services.matching.matches.policy import OWN_SIDES
from services.matching.matches.values import (
    CareAgreement,
    Delay,
    Ending,
    Hearing,
    MatchStatus,
    Need,
    Notice,
    Party,
    TerminationReason,
)
from services.matching.next_candidates.values import NextInLine
from shared import clock
from shared.api.models import View
from shared.domain import AidCategory, CodeOf
from shared.principal import Principal

HQ_ROLE = "regional_hq"


class AnswerView(View):
    """One side's yes; of a headquarters that gave it for the side, how it knew.

    `by` which account is shown to the headquarters alone.
    """

    side: Party
    at: datetime
    by: str | None
    evidence: Annotated[str, CodeOf("match_evidence")] | None


class IntroductionView(View):
    """The first contact; `evidence` is how the headquarters knows of one recorded after the limit.

    `hq_participant` is shown to the headquarters alone.
    """

    held_at: datetime
    format: Annotated[str, CodeOf("introduction_format")]
    hq_participant: str | None
    participants: tuple[Party, ...]
    in_time: bool
    recorded_at: datetime
    evidence: Annotated[str, CodeOf("match_evidence")] | None


class NoticeView(View):
    """One side's word that it stops; why is for itself and the headquarters."""

    by: Party
    at: datetime
    reason: TerminationReason | None

    @classmethod
    def seen_by(cls, side: Party, notice: Notice) -> Self:
        """Return a notice as a side reads it."""
        return cls.of(notice, reason=notice.reason if notice.by is side else None)


class MatchView(View):
    """A match without notes and contacts.

    Calls, hearings, the reason of a delay and who is next are the headquarters' alone; a side sees
    its own answer, and why it came to no care, or one stops, when that is its own word. Once they
    have met, a family sees the organisation's name, and a guardian the `number` that the family
    reads aloud.
    Of `needs`, and of what an agreement says, those among `settled_needs` are met or crossed out.
    """

    match_id: str
    case_id: str
    number: str | None
    guardian_id: str
    guardian_title: str | None
    programme: Programme
    region: str
    district_id: str
    status: MatchStatus
    proposed_at: datetime
    introduction_due_at: datetime
    overdue: bool
    needs: tuple[Need, ...]
    settled_needs: tuple[str, ...]
    needs_met_at: datetime | None
    uncovered: tuple[AidCategory, ...]
    override_reason: OverrideReason | None
    answers: tuple[AnswerView, ...]
    delay: Delay | None
    next_in_line: NextInLine | None
    introduction: IntroductionView | None
    continues: str | None
    continued_by: str | None
    contacts_released: bool
    agreement: CareAgreement | None
    next_agreement: CareAgreement | None
    former_agreements: tuple[CareAgreement, ...]
    agreed_at: datetime | None
    started_on: date | None
    visits: int
    last_visit_on: date | None
    follow_ups: tuple[FollowUp, ...]
    notices: tuple[NoticeView, ...]
    hearings: tuple[Hearing, ...]
    ending: Ending | None
    over_by: Annotated[str, CodeOf("match_side", "acting_role")] | None
    over_reason: OverReason | None
    over_at: datetime | None
    next_steps: tuple[StepCode, ...]
    version: int


def match_view(match: Match, caller: Principal) -> MatchView:
    """Return a match that is shown to a caller, as that caller may see it."""
    waits = match.status is MatchStatus.PROPOSED and match.late_at(clock.now())
    met_in_time = match.introduction is not None and match.introduction.in_time
    overdue = waits or (OVERDUE in match.fired and not met_in_time)
    if caller.role == HQ_ROLE:
        return MatchView.of(match, district_id=match.district, overdue=overdue)
    side = OWN_SIDES[caller.role]
    met = match.introduction
    own = (answer for answer in match.answers if answer.side is side)
    known = match.over_by == side or match.ending is not None
    return MatchView.of(
        match,
        district_id=match.district,
        overdue=overdue,
        number=match.number if met or side is Party.FAMILY else None,
        guardian_title=match.guardian_title if met or side is Party.GUARDIAN else None,
        answers=tuple(AnswerView.of(each, by=None) for each in own),
        introduction=IntroductionView.of(met, hq_participant=None) if met else None,
        delay=None,
        next_in_line=None,
        follow_ups=(),
        notices=tuple(NoticeView.seen_by(side, each) for each in match.notices),
        hearings=(),
        override_reason=None,
        over_reason=match.over_reason if known else None,
    )


class NoteView(View):
    """A note of the headquarters."""

    record: str
    note: str


class NotesView(View):
    """All notes on one match."""

    items: list[NoteView]
