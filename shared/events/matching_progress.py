"""Events of a match between its great steps: answers, rungs of the ladder, mediation, mended help.

Matching publishes them.
"""

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel

from shared.events.base import Event
from shared.events.matching import OfMatch


class MatchAccepted(OfMatch, Event):
    """One side said yes to the proposal; `both` once the other has, too."""

    by: str
    both: bool
    introduction_due_at: datetime


class NextCandidatesPrepared(OfMatch, Event):
    """24 hours have passed without an introduction; who might come next was looked up."""

    guardian_ids: tuple[str, ...]
    due_at: datetime


class IntroductionAtRisk(OfMatch, Event):
    """60 hours have passed since the proposal without an introduction."""

    due_at: datetime


class AgreementAwaited(OfMatch, Event):
    """A week after they have met, family and guardian have agreed on no help.

    Or a week after the next version of their agreement, of that `number`, was written.
    """

    met_at: datetime
    number: int = 1


class FirstHelpAwaited(OfMatch, Event):
    """A week after the day on which help should begin, there was none."""

    starts_on: date


class ExclusionLifted(OfMatch, Event):
    """The pair that a conflict has parted may be proposed again; it was none if `ended_for` says.

    What it says is the reason for which the care ended.
    """

    ended_for: str | None = None


class FollowUpCorrected(OfMatch, Event):
    """The record of the last call was wrong: it has another result, or was `not_made`.

    Once the care has ended no call is to be made.
    """

    kind: str
    due_on: date
    former_result: str
    result: str | None = None
    attempt: int
    not_made: bool = False
    care_ended: bool = False


class FollowUpPutOff(OfMatch, Event):
    """A call that was asked for is asked for again on a later day, since the help began later."""

    kind: str
    due_on: date


class MatchNeedsSettled(OfMatch, Event):
    """Before any help all needs of the family were met or dropped; not `settled`: some are open."""

    settled: bool


class MatchGuardianRenamed(OfMatch, Event):
    """The organisation that a family has met is called otherwise now."""


class MatchGuardianSuspended(OfMatch, Event):
    """The guardian, which another region has by now, gets no new families; its care goes on."""

    subject_field: ClassVar[str] = "guardian_id"


class MatchGuardianFailedCheck(OfMatch, Event):
    """The guardian, which another region has by now, has failed a check; its care goes on."""

    subject_field: ClassVar[str] = "guardian_id"
    code: str


class MatchGuardianResumed(OfMatch, Event):
    """The guardian of a care takes new families again, whichever region has it by now."""

    subject_field: ClassVar[str] = "guardian_id"


class MatchRequirementRenewed(OfMatch, Event):
    """The guardian of a care has proved a requirement anew, whichever region has it by now."""

    subject_field: ClassVar[str] = "guardian_id"
    code: str


class CareDeliveryCorrected(OfMatch, Event):
    """What was written down about a help was wrong; one that is not `given` was taken back.

    The care began on `started_on`, as far as is known now.
    """

    visit_id: str
    need_id: str
    category: str
    given_on: date
    given: bool
    started_on: date | None = None


class _OfMediation(BaseModel, defer_build=True):
    """What every fact about the mediation of a match says; no event itself."""

    mediation_id: str
    match_id: str
    case_id: str
    family_id: str
    guardian_id: str


class ConcernRaised(_OfMediation, Event):
    """A family or guardian in care is worried; the headquarters is asked to mediate."""

    concern: str
    by: str


class MediationEnded(_OfMediation, Event):
    """The headquarters' talks about a care have a result, or the care is over."""

    result: str
