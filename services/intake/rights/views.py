"""What is shown of people: to those who help this very family, and to the family itself."""

from datetime import date, datetime
from typing import Self

from services.intake.cases.repository import CaseFile
from services.intake.cases.values import Status
from services.intake.cases.views import NeedView
from services.intake.codes import fields
from services.intake.codes.values import ConsentForm, ConsentPurpose
from services.intake.consents.repository import consent_texts
from services.intake.families.values import Consent
from services.intake.requests.views import NeedWords, RequestWords
from shared.api.models import View
from shared.domain import AidCategory, ContactWay, LanguageCode


class ContactView(View):
    """How to reach a family."""

    name: str
    channel: ContactWay
    phone: str | None = None
    address: str | None = None
    language: LanguageCode = "ru"


class PersonalView(View):
    """What only those may read who help this very family; each reading is recorded."""

    id: str
    contact: ContactView | None
    needs: tuple[NeedWords, ...]
    requests: tuple[RequestWords, ...]
    notes: tuple[str, ...]


class ConsentView(View):
    """What a family allowed, with the evidence: version and hash of the text that it was shown.

    `text` is that text while the catalogue has it; who took the consent down is not named.
    """

    purpose: ConsentPurpose
    recipient: str | None
    form: ConsentForm
    text_version: str
    text_hash: str
    text: str | None
    given_at: datetime
    withdrawn_at: datetime | None

    @classmethod
    def of_consent(cls, consent: Consent) -> Self:
        """Show a consent to the family that gave it."""
        versions = consent_texts()[consent.purpose]
        text = next((each.text for each in versions if each.hash == consent.text_hash), None)
        return cls.of(consent, text=text)


class GivenAid(View):
    """Help that the family got."""

    category: AidCategory
    persons: int
    at: datetime
    free: bool = True


class OwnView(View):
    """A family's own case as the family sees it.

    `family_version` is what a correction of the family's facts has to name (`If-Match`); `region`
    is where its matches, stories and gifts are listed.
    """

    id: str
    number: str
    version: int
    status: Status
    region: str
    district_id: str
    family_id: str
    family_version: int
    needs: tuple[NeedView, ...]
    words: tuple[NeedWords, ...]
    aids: tuple[GivenAid, ...]
    consents: tuple[ConsentView, ...]
    guardian_found: bool
    introduced: bool
    care_started_on: date | None
    received_at: datetime
    closed_reason: fields.ClosedCode | None
    closed_at: datetime | None

    @classmethod
    def of_file(cls, file: CaseFile, words: tuple[NeedWords, ...]) -> Self:
        """Show a case to its family, with the family's words."""
        case, family = file
        match = case.match
        return cls.of(
            case,
            id=case.case_id,
            district_id=case.district,
            family_version=family.version,
            needs=NeedView.all_of(case),
            words=words,
            consents=tuple(ConsentView.of_consent(each) for each in family.all_consents),
            guardian_found=match is not None,
            introduced=match is not None and match.introduced,
            care_started_on=None if match is None else match.started_on,
        )


class LinkView(View):
    """A one-time link for the family; its holder acts as the family."""

    id: str
    version: int
    link: str
    expires_at: datetime
