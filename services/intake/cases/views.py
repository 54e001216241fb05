"""What people see of a case: facts for those who work on it, people's data only where asked for."""

from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.intake.cases.domain import Case
from services.intake.cases.needs import Need
from services.intake.cases.values import (
    Aid,
    CareFlag,
    Consent,
    Entry,
    ExternalRef,
    Family,
    OpenMatch,
    Outcome,
    Triage,
)
from shared import clock

HOUR = timedelta(hours=1)


class View(BaseModel):
    """An answer."""

    model_config = ConfigDict(defer_build=True, frozen=True)


class NeedView(View):
    """A need without the family's words about it."""

    need_id: str
    category: str
    urgency: str
    status: str
    clarified: bool

    @classmethod
    def of(cls, need: Need) -> Self:
        """The facts of a need."""
        return cls(
            need_id=need.need_id,
            category=need.category,
            urgency=need.urgency,
            status=need.status,
            clarified=need.clarified,
        )


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
    def of(cls, case: Case) -> Self:
        """A case as a line; its age is how long the family waits, or waited until it was closed."""
        since = case.waiting_since
        return cls(
            id=case.case_id,
            number=case.number,
            version=case.version,
            status=case.status,
            district_id=case.district,
            programme=case.programme,
            channel=case.channel,
            categories=tuple(sorted({need.category for need in case.open_needs})),
            urgent=any(need.urgency == "urgent" for need in case.open_needs),
            needs_check=case.needs_check,
            taken_by=case.taken_by,
            received_at=case.received_at,
            waiting_since=since,
            age_hours=((case.closed_at or clock.now()) - since) // HOUR,
            result_missing_since=case.result_missing_since,
        )


class RequestView(View):
    """A request as its operator sees it: what was asked for and what became of it."""

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
    case: "CaseView | None"

    @classmethod
    def of(cls, case: Case, *, whole: bool) -> Self:
        """A request; with the case file for those who work on it."""
        row = RequestRow.of(case)
        return cls(
            id=case.case_id,
            number=case.number,
            version=case.version,
            status=case.status,
            region=case.region,
            district_id=case.district,
            programme=case.programme,
            channel=case.channel,
            confidentiality=case.confidentiality,
            family=case.family,
            needs=tuple(map(NeedView.of, case.needs)),
            needs_check=case.needs_check,
            has_contact=case.has_contact,
            consents=case.consents,
            external_ref=case.external_ref,
            received_at=case.received_at,
            age_hours=row.age_hours,
            taken_by=case.taken_by,
            next_steps=case.next_steps,
            case=CaseView.of(case) if whole else None,
        )


class CaseView(View):
    """The case file: decisions, the guardian, help and results."""

    triage: Triage | None
    care: CareFlag | None
    match: OpenMatch | None
    excluded_guardians: tuple[str, ...]
    aids: tuple["AidView", ...]
    outcomes: tuple[Outcome, ...]
    result_missing_since: datetime | None
    closed_reason: str | None
    closed_at: datetime | None

    @classmethod
    def of(cls, case: Case) -> Self:
        """The decisions about a case."""
        return cls(
            triage=case.triage,
            care=case.care,
            match=case.match,
            excluded_guardians=case.excluded_guardians,
            aids=tuple(AidView.model_validate(aid.model_dump()) for aid in case.aids),
            outcomes=case.outcomes,
            result_missing_since=case.result_missing_since,
            closed_reason=case.closed_reason,
            closed_at=case.closed_at,
        )


class AidView(Aid):
    """Help that was given; never for money."""

    free: bool = True


class HistoryView(View):
    """Everything that happened to a case, oldest first."""

    items: tuple[Entry, ...]


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
    care_started_on: str | None
    received_at: datetime


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
    history: tuple[Entry, ...]


class NumberView(View):
    """All that the public form tells: a stranger must not learn whose request is in which state."""

    number: str


class LinkView(View):
    """A one-time link for the family; whoever holds it acts as the family."""

    id: str
    version: int
    link: str
    expires_at: datetime


RequestView.model_rebuild()
