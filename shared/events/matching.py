"""Events of matching: guardians on their way, matches, care and its follow-ups."""

from datetime import date, datetime

from pydantic import BaseModel

from shared.events.base import Event


class OfGuardian(BaseModel, defer_build=True):
    """What every fact about a guardian organisation says; no event itself."""

    guardian_id: str


class OfMatch(BaseModel, defer_build=True):
    """What every fact about a family and its guardian says; no event itself."""

    match_id: str
    case_id: str
    family_id: str
    guardian_id: str


class GuardianApplied(OfGuardian, Event):
    """An organisation asked to become a guardian; only one `acknowledged` gets a message."""

    legal_form: str
    acknowledged: bool = True


class GuardianApproved(OfGuardian, Event):
    """Vetting ended well; the organisation may take the training."""


class GuardianRejected(OfGuardian, Event):
    """The organisation will not become a guardian."""

    reason: str


class ClarificationRequested(OfGuardian, Event):
    """The head or the responsible representative is invited to a talk."""

    invited_role: str


class ClarificationClosed(OfGuardian, Event):
    """The talk to which the organisation was invited was held."""

    result: str


class GuardianAssigned(OfGuardian, Event):
    """A regional headquarters got this guardian into its register."""


class TrainingCompleted(OfGuardian, Event):
    """The guardian's people have taken the initial training."""


class InterviewHeld(OfGuardian, Event):
    """The regional headquarters has talked to the guardian."""

    result: str


class ParticipationAgreementSigned(OfGuardian, Event):
    """Guardian and regional headquarters have agreed on taking part in the programme."""


class GuardianReady(OfGuardian, Event):
    """The guardian may be proposed to families from now on; `again` after a pause."""

    again: bool = False


class GuardianSuspended(OfGuardian, Event):
    """The guardian gets no new families for now; it may have `reported` so about its only one.

    Unless `has_families`, it has none at the moment.
    """

    reason: str
    reported: bool = False
    has_families: bool = True


class GuardianWithdrawn(OfGuardian, Event):
    """The guardian has left the programme; unless `assigned`, no region has had it."""

    reason: str
    assigned: bool = True


class MatchProposed(OfMatch, Event):
    """A family and a guardian were proposed to each other; `met` when they know each other already.

    That is after a proposal that had lapsed before its introduction was recorded.
    """

    introduction_due_at: datetime
    categories: tuple[str, ...]
    uncovered: tuple[str, ...] = ()
    met: bool = False


class MatchDeclined(OfMatch, Event):
    """The family or the guardian refused before help began; who might be next, best first.

    `met` says that they had met, and the guardian may know the family's contact.
    """

    by: str
    reason: str
    introduction_due_at: datetime
    met: bool = False
    next_guardian_ids: tuple[str, ...] = ()


class MatchCancelled(OfMatch, Event):
    """The headquarters took the proposal back, or the `system` when the family needs none.

    `time_limit` did when they had not met within a week of the proposal (reason `lapsed`).
    """

    reason: str
    introduction_due_at: datetime
    by: str = "regional_hq"
    next_guardian_ids: tuple[str, ...] = ()


class IntroductionDueSoon(OfMatch, Event):
    """48 hours have passed since the proposal without an introduction."""

    due_at: datetime


class IntroductionOverdue(OfMatch, Event):
    """More than 72 hours have passed since the proposal without an introduction."""

    due_at: datetime


class IntroductionHeld(OfMatch, Event):
    """Family and guardian have met in the presence of the headquarters; contacts are released."""

    held_at: datetime
    in_time: bool
    late_reason: str | None = None


class CareAgreementSigned(OfMatch, Event):
    """Both sides have signed what help the family gets, or the next version (`number`) of it."""

    need_ids: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    number: int = 1


class CareStarted(OfMatch, Event):
    """The first help was given."""

    started_on: date


class CareNeedsChanged(OfMatch, Event):
    """The family has changed its needs; of the new ones its guardian does not do the `uncovered`.

    All that it needs now, is not done by the guardian and came after the proposal is `missing`.
    """

    categories: tuple[str, ...]
    uncovered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class CareDelivered(OfMatch, Event):
    """A help was given."""

    visit_id: str
    need_id: str
    category: str
    given_on: date


class FollowUpDue(OfMatch, Event):
    """The headquarters should call the family today; `attempt` counts tries of the same call."""

    kind: str
    due_on: date
    attempt: int = 1


class FollowUpDone(OfMatch, Event):
    """HQ has called the family; a call without an answer is `final` at the third try."""

    kind: str
    due_on: date
    result: str
    attempt: int = 1
    final: bool = True
    on_time: bool = True


class FollowUpMissed(OfMatch, Event):
    """A due call was not made within its two days of grace."""

    kind: str
    due_on: date


class GuardianReported(OfMatch, Event):
    """The guardian has reported how the help is going."""

    report_id: str
    resources_ok: bool


class TerminationNotified(OfMatch, Event):
    """One side says that it will stop; the other is `asked`, unless both have said so."""

    by: str
    reason: str
    asked: str | None = None


class NoticeAwaited(OfMatch, Event):
    """A day has passed since one side's notice; the other has not answered.

    From `may_end_at` on the headquarters need not wait for it.
    """

    asked: str
    may_end_at: datetime


class NoticeWithdrawn(OfMatch, Event):
    """One side took its notice back; the care `goes_on` unless the other side's notice is left."""

    by: str
    goes_on: bool


class CareEnded(OfMatch, Event):
    """The headquarters has confirmed that the care is over; perhaps the family `waits` again."""

    reason: str
    open_need_categories: tuple[str, ...]
    waits: bool = False
