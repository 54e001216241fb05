"""Events of intake: families' requests, their needs and the life of a case.

A request and the case it grows into are one aggregate with one id, `req_…`: `case_id` in events.
"""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.events.base import Event


class NeedState(BaseModel):
    """One need as other services may know it: what kind of help, and whether it still waits."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    need_id: str
    category: str
    status: str


class _OfCase(BaseModel):
    """What every fact about a family's case says; no event itself, so not in the catalogue."""

    service: ClassVar[str] = "intake"
    subject_field: ClassVar[str] = "case_id"

    case_id: str


class RequestReceived(_OfCase, Event):
    """A family asked for help, through whichever channel; `urgent` when any of its needs is."""

    channel: str
    district_id: str
    urgent: bool = False


class RequestTriaged(_OfCase, Event):
    """Headquarters decided what kind of answer the request gets."""

    decision: str
    district_id: str


class NeedsChanged(_OfCase, Event):
    """Needs were added, changed, met or dropped; `needs` is the whole list afterwards."""

    categories: tuple[str, ...]
    needs: tuple[NeedState, ...]
    by_family: bool = False
    match_id: str | None = None


class CareRequired(_OfCase, Event):
    """The family needs a guardian, for the first time or `again` because a match is over."""

    district_id: str
    needs: tuple[NeedState, ...]
    excluded_guardians: tuple[str, ...] = ()
    flagged_at: datetime
    again: bool = False


class CareRequirementLifted(_OfCase, Event):
    """The family needs no guardian after all, or may not be offered to one."""

    reason: str


class AidRecorded(_OfCase, Event):
    """Headquarters or a provider helped once; `beneficiary_key` counts without naming."""

    aid_id: str
    category: str
    persons: int
    beneficiary_key: str


class OutcomeRecorded(_OfCase, Event):
    """Headquarters wrote down what the help has changed."""

    outcome: str
    needs_met: tuple[str, ...] = ()


class CaseClosed(_OfCase, Event):
    """The case has ended; an open match of it must end too."""

    reason: str


class FamilyErased(_OfCase, Event):
    """The person is forgotten for good, also on a case closed long ago; so forget them too."""


class CaseReopened(_OfCase, Event):
    """A closed case is back in review."""

    reason: str
