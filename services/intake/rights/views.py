"""What is shown of people: to those who help this very family, and to the family itself."""

from datetime import date, datetime
from typing import Self

from services.intake.cases.domain import Case
from services.intake.cases.repository import CaseFile
from services.intake.cases.values import HistoryEntry
from services.intake.cases.views import CaseView, NeedView
from services.intake.families.values import Consent
from services.intake.families.views import FamilyView
from services.intake.requests.views import NeedWords, RequestWords
from services.intake.timeline.views import EntryView
from shared.api.models import View


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
    needs: tuple[NeedWords, ...]
    requests: tuple[RequestWords, ...]
    notes: tuple[str, ...]


class OwnView(View):
    """A family's own case as the family sees it."""

    id: str
    number: str
    version: int
    status: str
    family_id: str
    needs: tuple[NeedView, ...]
    words: tuple[NeedWords, ...]
    consents: tuple[Consent, ...]
    guardian_found: bool
    introduced: bool
    care_started_on: date | None
    received_at: datetime

    @classmethod
    def of_file(cls, file: CaseFile, words: tuple[NeedWords, ...]) -> Self:
        """Show a case to its family, with the family's words."""
        case, family = file
        match = case.match
        return cls.of(
            case,
            id=case.case_id,
            words=words,
            consents=family.all_consents,
            guardian_found=match is not None,
            introduced=match is not None and match.introduced,
            care_started_on=None if match is None else match.started_on,
        )


class ExportedCase(View):
    """A case with all that was said in it."""

    case: CaseView
    needs: tuple[NeedWords, ...]
    notes: tuple[str, ...]
    history: tuple[HistoryEntry, ...]

    @classmethod
    def of_case(cls, file: CaseFile, personal: PersonalView) -> Self:
        """Show a case with the words about it."""
        case: Case = file.case
        return cls(
            case=CaseView.of_file(file),
            needs=personal.needs,
            notes=personal.notes,
            history=case.history,
        )


class ExportView(View):
    """Everything that is kept about a family, for the family."""

    family: FamilyView
    contacts: tuple[ContactView, ...]
    requests: tuple[RequestWords, ...]
    cases: tuple[ExportedCase, ...]
    timeline: tuple[EntryView, ...]


class LinkView(View):
    """A one-time link for the family; its holder acts as the family."""

    id: str
    version: int
    link: str
    expires_at: datetime
