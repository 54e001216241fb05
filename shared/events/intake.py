"""Events of intake: requests (`req_…`), what is done about them in cases (`cas_…`), and the family
(`fam_…`) that all of it is for.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.events.base import Event


class NeedState(BaseModel, defer_build=True):
    """One need as other services may know it: what kind of help, and whether it still waits."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    need_id: str
    category: str
    status: str


class _OfCase(BaseModel, defer_build=True):
    """What every fact about a family's case says; no event itself, so not in the catalogue."""

    case_id: str
    family_id: str


class _OfRequest(BaseModel, defer_build=True):
    """What every fact about a request says; no event itself, so not in the catalogue."""

    request_id: str
    family_id: str | None = None


class RequestReceived(_OfRequest, Event):
    """A request came in, through whichever channel.

    It `repeats` when the family has an open case, which gets it; `end_reason` says that it is no
    case at all; only one that is `acknowledged` is answered by a message. `groups` are the
    family's, without those that its case team alone sees.
    """

    case_id: str | None = None
    channel: str
    district_id: str | None = None
    initiated_by: str
    purpose: str
    confidentiality: str
    groups: tuple[str, ...] = ()
    urgent: bool = False
    repeats: bool = False
    acknowledged: bool = True
    end_reason: str | None = None


class RequestEnded(_OfRequest, Event):
    """A request is no case: the question is answered, or no family needs help."""

    reason: str


class RequestJoined(_OfRequest, Event):
    """A request that was not part of a case yet became part of one, which it `opened` or joined.

    It is `known` there when headquarters has heard of it with its arrival. Before that was said,
    each one was that did not open its case.
    """

    case_id: str
    district_id: str | None = None
    opened: bool = False
    known: bool = Field(default_factory=lambda said: not said["opened"])
    urgent: bool = False


class RequestExtended(_OfRequest, Event):
    """More was said in a request, or that it cannot wait; headquarters looks at it again."""

    case_id: str | None = None
    district_id: str | None = None
    urgent: bool = False


class CaseUntaken(_OfCase, Event):
    """No coordinator has taken a case within its time.

    It `climbs` to the lead of the region when the headquarters was reminded before;
    `waiting_since` is when the family asked, `number` what people read aloud.
    """

    district_id: str
    number: str
    urgent: bool
    climbs: bool
    waiting_since: datetime


class CaseTaken(_OfCase, Event):
    """A coordinator works on a case, by `taken_by` of the token.

    It was `taken_from` a colleague for a `reason`, alone or `with_caseload`, or waited for one.
    """

    district_id: str
    number: str
    taken_by: str
    taken_from: str | None = None
    reason: str | None = None
    with_caseload: bool = False


class RequestTriaged(_OfCase, Event):
    """Headquarters decided what kind of answer the request gets."""

    decision: str
    district_id: str


class NeedsChanged(_OfCase, Event):
    """Needs were added, changed, met or dropped; `needs` is the whole list afterwards.

    `request_id` is the later request of the family that changed them; a case is `decided` once
    headquarters has said what kind of help it gets.
    """

    categories: tuple[str, ...]
    needs: tuple[NeedState, ...]
    by_family: bool = False
    decided: bool = False
    match_id: str | None = None
    request_id: str | None = None


class _OfCare(_OfCase):
    """What guardians are judged by for a family, in codes alone.

    `excluded_guardians` are those of the family, whatever case they failed in. `traits` are what a
    guardian may like of a family (`guardian_preference`), `home_conditions` what it may be unable
    to work in.
    """

    district_id: str
    excluded_guardians: tuple[str, ...] = ()
    size_band: str
    urgent: bool = False
    language: str = "ru"
    preferred_time: str | None = None
    traits: tuple[str, ...] = ()
    home_conditions: tuple[str, ...] = ()


class CareRequired(_OfCare, Event):
    """The family needs a guardian, for the first time or `again` because a match is over.

    `number` is what people read aloud. The family waits since `waits_since`: a guardian may have
    been proposed between that moment and this event.
    """

    needs: tuple[NeedState, ...]
    flagged_at: datetime
    waits_since: datetime | None = None
    again: bool = False
    number: str


class CareDetailsChanged(_OfCare, Event):
    """What matching knows of a family that needs or has a guardian is different now.

    The whole of it as it is from now on: `excluded_guardians` are all that are left.
    """


class CareRequirementLifted(_OfCase, Event):
    """The family needs no guardian after all, or may not be offered to one."""

    reason: str


class AidRecorded(_OfCase, Event):
    """Headquarters or a provider helped once; `beneficiary_key` counts without naming."""

    aid_id: str
    category: str
    persons: int
    beneficiary_key: str
    legal_basis: str | None = None
    funding_project: str | None = None


class OutcomeRecorded(_OfCase, Event):
    """Headquarters wrote down what the help has changed."""

    outcome: str
    needs_met: tuple[str, ...] = ()


class CaseClosed(_OfCase, Event):
    """The case has ended; an open match of it must end too.

    It is the `last` one when its family has no other open case.
    """

    reason: str
    last: bool = False


class FamilyCorrected(Event):
    """What was known of a family was corrected, by headquarters or by the family itself.

    `groups` are all of them now, without those that its case team alone sees.
    """

    family_id: str
    kind: str
    district_id: str
    groups: tuple[str, ...] = ()
    size_band: str
    motivated: bool = False


class _OfMerge(BaseModel, defer_build=True):
    """What facts about two records of one family say; no event itself, so not in the catalogue."""

    family_id: str
    merged_family_id: str
    reason: str


class FamiliesMerged(_OfMerge, Event):
    """Headquarters found that two records are of one family; the first one speaks for both."""


class FamilyMergeUndone(_OfMerge, Event):
    """Headquarters found that two records are of different families after all."""


class FamilyErased(Event):
    """A family is forgotten for good, with all its cases; so forget it too."""

    family_id: str


class CaseReopened(_OfCase, Event):
    """A closed case is back in review, or `in_care` while the care of before still runs."""

    reason: str
    in_care: bool = False
