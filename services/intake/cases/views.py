"""What people see of a case: facts for those who work on it, people's data only where asked for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Self

from services.intake.cases.coordination.limits import breach_at, is_urgent
from services.intake.cases.decisions import CareMarker, OpenMatch, Outcome, Triage, became
from services.intake.cases.domain import Case
from services.intake.cases.repository import CaseFile
from services.intake.cases.values import HistoryEntry, Need, NeedStatus, Status
from services.intake.codes.fields import ChannelCode, DropReason, GroupCode, ProjectCode, StepCode
from services.intake.codes.values import (
    ClosedReason,
    FamilyKind,
    Programme,
    RequestPurpose,
    Urgency,
)
from services.intake.families.domain import Family
from services.intake.families.values import AlikeFamily, Consent, Member
from shared import clock
from shared.api.models import View
from shared.domain import AidCategory, CodeOf

HOUR = timedelta(hours=1)
RANGES = ("over", "within_hour", "within_day", "later")


class NeedView(View):
    """A need without the family's words about it, and what has become of it."""

    need_id: str
    category: AidCategory
    urgency: Urgency
    status: NeedStatus
    drop_reason: DropReason | None
    clarified: bool

    @classmethod
    def all_of(cls, case: Case) -> tuple[Self, ...]:
        """Show the needs of a case."""
        if case.open:
            return tuple(map(cls.of, case.needs))
        return tuple(cls.of(need, status=became(need, case.aids)) for need in case.needs)


class CaseRow(View):
    """A case in a list; whole hours are left until `due_at`, by when it must go on, or over."""

    id: str
    number: str
    family_id: str
    version: int
    status: Status
    district_id: str
    programme: Programme
    channel: ChannelCode
    categories: tuple[AidCategory, ...]
    urgent: bool
    needs_check: bool
    taken_by: str | None
    received_at: datetime
    waiting_since: datetime
    age_hours: int
    due_at: datetime | None
    hours_left: int | None
    hours_over: int | None
    result_missing_since: datetime | None
    next_steps: tuple[StepCode, ...]

    @classmethod
    def of_case(cls, case: Case) -> Self:
        """Show a case as a line."""
        due_at = breach_at(case)
        left = None if due_at is None else due_at - clock.now()
        return cls.of(
            case,
            due_at=due_at,
            hours_left=None if left is None or left < timedelta() else left // HOUR,
            hours_over=None if left is None or left >= timedelta() else -left // HOUR,
            id=case.case_id,
            district_id=case.district,
            categories=categories(case.open_needs),
            urgent=is_urgent(case),
            age_hours=age_hours(case),
        )


class StatusCounts(View):
    """How many cases of a status are over their limit, or have so many hours left.

    `more`: some number here is the most that is counted, and there are more.
    """

    status: Status
    over: int
    within_hour: int
    within_day: int
    later: int
    more: bool

    @classmethod
    def of_ranges(cls, status: str, found: Sequence[tuple[int, bool]]) -> Self:
        """Show what was counted before now, within an hour, within a day, and later."""
        numbers = dict(zip(RANGES, (number for number, _ in found), strict=True))
        return cls(status=status, more=any(more for _, more in found), **numbers)


class CaseCounts(View):
    """How many cases of a region are open, and how many of them are over their limit."""

    open: int
    over: int
    more: bool
    statuses: tuple[StatusCounts, ...]

    @classmethod
    def of_statuses(cls, statuses: Sequence[StatusCounts]) -> Self:
        """Add the statuses up."""
        return cls(
            open=sum(getattr(each, name) for each in statuses for name in RANGES),
            over=sum(each.over for each in statuses),
            more=any(each.more for each in statuses),
            statuses=tuple(statuses),
        )


class AidView(View):
    """Help that was given; never for money."""

    aid_id: str
    category: AidCategory
    persons: int
    legal_basis: Annotated[str, CodeOf("legal_basis")]
    provider: str | None = None
    funding_project: ProjectCode | None = None
    at: datetime
    by: str
    free: bool = True


class FamilyOfCase(View):
    """The family of a case, as far as the programme has to know it."""

    id: str
    kind: FamilyKind
    groups: tuple[GroupCode, ...]
    members: tuple[Member, ...]
    anonymous: bool
    has_contact: bool
    consents: tuple[Consent, ...]
    excluded_guardians: tuple[str, ...]
    alike: tuple[AlikeFamily, ...]

    @classmethod
    def of_family(cls, family: Family) -> Self:
        """Show the family of a case."""
        return cls.of(
            family,
            id=family.family_id,
            has_contact=family.contact is not None,
            consents=family.all_consents,
            excluded_guardians=family.exclusions,
        )


class CaseView(View):
    """The case file: the family, what it asked for, decisions, the guardian, help and results."""

    id: str
    number: str
    version: int
    status: Status
    region: str
    district_id: str
    programme: Programme
    purpose: RequestPurpose
    channel: ChannelCode
    requests: tuple[str, ...]
    family: FamilyOfCase
    needs: tuple[NeedView, ...]
    urgent: bool
    needs_check: bool
    received_at: datetime
    age_hours: int
    taken_by: str | None
    triage: Triage | None
    care: CareMarker | None
    match: OpenMatch | None
    aids: tuple[AidView, ...]
    outcomes: tuple[Outcome, ...]
    result_missing_since: datetime | None
    closed_reason: ClosedReason | None
    closed_at: datetime | None
    next_steps: tuple[StepCode, ...]

    @classmethod
    def of_file(cls, file: CaseFile) -> Self:
        """Show a case with its family."""
        case, family = file
        return cls.of(
            case,
            id=case.case_id,
            district_id=case.district,
            family=FamilyOfCase.of_family(family),
            needs=NeedView.all_of(case),
            urgent=is_urgent(case),
            age_hours=age_hours(case),
        )


class HistoryView(View):
    """Everything that happened to a case, oldest first."""

    items: tuple[HistoryEntry, ...]


class OfficeView(View):
    """What a district office may know once the family has allowed it: that help is asked for."""

    id: str
    status: Status
    district_id: str
    categories: tuple[AidCategory, ...]


def categories(needs: tuple[Need, ...]) -> tuple[str, ...]:
    """Return the kinds of help that these needs are about."""
    return tuple(sorted({need.category for need in needs}))


def age_hours(case: Case) -> int:
    """Return how long the family waits, or waited until its case was closed."""
    return ((case.closed_at or clock.now()) - case.waiting_since) // HOUR
