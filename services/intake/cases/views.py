"""What people see of a case: facts for those who work on it, people's data only where asked for."""

from datetime import date, datetime, timedelta
from typing import Self

from services.intake.cases.domain import Case
from services.intake.cases.values import (
    CareMarker,
    Consent,
    ExternalRef,
    Family,
    HistoryEntry,
    Need,
    OpenMatch,
    Outcome,
    Triage,
)
from services.intake.codes.values import Urgency
from shared import clock
from shared.api.models import View

HOUR = timedelta(hours=1)


class NeedView(View):
    """A need without the family's words about it."""

    need_id: str
    category: str
    urgency: str
    status: str
    clarified: bool


class RequestRow(View):
    """A request in a list."""

    id: str
    number: str
    version: int
    status: str
    district_id: str
    programme: str
    channel: str
    categories: tuple[str, ...]
    urgent: bool
    needs_check: bool
    taken_by: str | None
    received_at: datetime
    waiting_since: datetime
    age_hours: int
    result_missing_since: datetime | None

    @classmethod
    def of_case(cls, case: Case) -> Self:
        """Show a case as a line."""
        return cls.of(
            case,
            id=case.case_id,
            district_id=case.district,
            categories=categories(case.open_needs),
            urgent=any(need.urgency is Urgency.URGENT for need in case.open_needs),
            needs_check=case.family.needs_check,
            age_hours=age_hours(case),
        )


class AidView(View):
    """Help that was given; never for money."""

    aid_id: str
    category: str
    persons: int
    legal_basis: str
    provider: str | None = None
    funding_project: str | None = None
    at: datetime
    by: str
    free: bool = True


class CaseView(View):
    """The case file: decisions, the guardian, help and results."""

    triage: Triage | None
    care: CareMarker | None
    match: OpenMatch | None
    excluded_guardians: tuple[str, ...]
    aids: tuple[AidView, ...]
    outcomes: tuple[Outcome, ...]
    result_missing_since: datetime | None
    closed_reason: str | None
    closed_at: datetime | None


class RequestView(View):
    """A request as its operator sees it: what was asked for and what was decided."""

    id: str
    number: str
    version: int
    status: str
    region: str
    district_id: str
    programme: str
    channel: str
    confidentiality: str
    family: Family
    needs: tuple[NeedView, ...]
    needs_check: bool
    has_contact: bool
    consents: tuple[Consent, ...]
    external_ref: ExternalRef | None
    received_at: datetime
    age_hours: int
    taken_by: str | None
    next_steps: tuple[str, ...]
    case: CaseView | None

    @classmethod
    def of_case(cls, case: Case, *, whole: bool) -> Self:
        """Show a request; with the case file for those who work on it."""
        return cls.of(
            case,
            id=case.case_id,
            district_id=case.district,
            needs_check=case.family.needs_check,
            age_hours=age_hours(case),
            case=CaseView.of(case) if whole else None,
        )


class HistoryView(View):
    """Everything that happened to a case, oldest first."""

    items: tuple[HistoryEntry, ...]


class NeedWords(View):
    """The family's own words about one need."""

    need_id: str
    text: str


class ContactView(View):
    """How to reach a family."""

    name: str
    channel: str
    phone: str | None = None
    address: str | None = None
    language: str = "ru"


class PersonalView(View):
    """What only those may read who help this very family; each reading is recorded."""

    id: str
    contact: ContactView | None
    text: str | None
    needs: tuple[NeedWords, ...]
    notes: tuple[str, ...]


class OwnView(View):
    """A family's own case as the family sees it."""

    id: str
    number: str
    version: int
    status: str
    needs: tuple[NeedView, ...]
    words: tuple[NeedWords, ...]
    consents: tuple[Consent, ...]
    guardian_found: bool
    introduced: bool
    care_started_on: date | None
    received_at: datetime

    @classmethod
    def of_case(cls, case: Case, words: tuple[NeedWords, ...]) -> Self:
        """Show a case to its family, with the family's words."""
        match = case.match
        return cls.of(
            case,
            id=case.case_id,
            words=words,
            guardian_found=match is not None,
            introduced=match is not None and match.introduced,
            care_started_on=None if match is None else match.started_on,
        )


class OfficeView(View):
    """What a district office may know once the family has allowed it: that help is asked for."""

    id: str
    status: str
    district_id: str
    categories: tuple[str, ...]


class ExportView(View):
    """Everything that is kept about a person, for the person."""

    request: RequestView
    personal: PersonalView
    history: tuple[HistoryEntry, ...]


class NumberView(View):
    """All that the public form answers: a stranger must not learn a request's status."""

    number: str


class LinkView(View):
    """A one-time link for the family; its holder acts as the family."""

    id: str
    version: int
    link: str
    expires_at: datetime


def categories(needs: tuple[Need, ...]) -> tuple[str, ...]:
    """Return the kinds of help that these needs are about."""
    return tuple(sorted({need.category for need in needs}))


def age_hours(case: Case) -> int:
    """Return how long the family waits, or waited until its case was closed."""
    return ((case.closed_at or clock.now()) - case.waiting_since) // HOUR
