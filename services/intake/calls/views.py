"""What an operator sees while the phone rings: that a family is known, never who it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from services.intake.cases.coordination.limits import is_urgent
from services.intake.cases.domain import Case
from services.intake.codes.fields import ChannelCode, ContactTime
from services.intake.codes.values import Programme
from services.intake.families.domain import Family
from services.intake.progress.values import Progress
from services.intake.progress.views import progress_of
from services.intake.requests.domain import Request
from services.intake.requests.values import RequestStatus
from services.intake.requests.views import EmergencyView, RequestView
from shared.api.models import View
from shared.domain import LanguageCode


class OpenCaseOfCaller(View):
    """An open case: its number, and how far it has come."""

    number: str
    programme: Programme
    progress: Progress
    urgent: bool
    taken: bool

    @classmethod
    def of_case(cls, case: Case) -> Self:
        """Show an open case."""
        progress = progress_of(None, case)
        return cls.of(
            case, progress=progress, urgent=is_urgent(case), taken=case.taken_by is not None
        )


class EarlierRequest(View):
    """An earlier call of the family; its number is what it may read aloud."""

    number: str
    received_at: datetime
    channel: ChannelCode
    urgent: bool
    status: RequestStatus


class FamilyOfCaller(View):
    """A family that has this phone: to be named when the next request is registered."""

    id: str
    known_since: datetime
    district_id: str
    language: LanguageCode
    preferred_time: ContactTime | None
    urgent: bool
    open_cases: tuple[OpenCaseOfCaller, ...]
    latest_requests: tuple[EarlierRequest, ...]

    @classmethod
    def of_family(cls, family: Family, cases: Sequence[Case], requests: Sequence[Request]) -> Self:
        """Show a family with its open cases and latest requests."""
        shown = tuple(OpenCaseOfCaller.of_case(each) for each in cases)
        return cls.of(
            family,
            id=family.family_id,
            district_id=family.district,
            urgent=any(each.urgent for each in shown),
            open_cases=shown,
            latest_requests=tuple(EarlierRequest.of(each) for each in requests),
        )


class CallerView(View):
    """Who may be calling from a phone.

    With a `shared` phone the operator asks for the name and the number of an earlier request; that
    finds the families, too, which have it beside those that are shown (`more`).
    """

    phone: str
    known: bool
    shared: bool
    more: bool
    families: tuple[FamilyOfCaller, ...]


class AddedView(View):
    """A request with what was added to it."""

    id: str
    version: int
    number: str
    emergency: EmergencyView | None


class WithdrawnView(View):
    """A request without what was added to it by mistake, and what is done with that."""

    id: str
    version: int
    number: str
    title: str
    what_next: str


class FoundRequests(View):
    """The requests that a caller speaks of, the latest first.

    Where `more` families have the phone, those of the others are found by their numbers.
    """

    items: tuple[RequestView, ...]
    more: bool
