"""What staff sees of a family: facts and references, no name, contact or word."""

from datetime import datetime
from typing import Annotated, Self

from services.intake.codes.fields import (
    ContactTime,
    GroupCode,
    HomeCode,
    RoleCode,
    SensitiveCode,
    StepCode,
)
from services.intake.codes.values import ContactProof, FamilyKind, Programme
from services.intake.families.domain import Family
from services.intake.families.values import (
    AlikeFamily,
    Consent,
    FamilyStatus,
    Member,
    OpenCase,
    PersonRequest,
)
from shared.api.models import View
from shared.domain import CodeOf, ContactWay, LanguageCode


class ContactFacts(View):
    """How it is known that a contact is the family's; the contact itself is another read."""

    contact_id: str
    channel: ContactWay
    language: LanguageCode
    proof: ContactProof
    added_at: datetime
    proven_at: datetime | None


class DisclosureView(View):
    """An office that saw the case without consent; no name of who decided it."""

    recipient: str
    reason: Annotated[str, CodeOf("disclosure_reason")]
    at: datetime
    role: RoleCode
    until: datetime


class SharedCase(View):
    """A case that an office may look at; who of the staff works on it is not said."""

    case_id: str
    programme: Programme


class SharedFamily(View):
    """A family as an office finds it in its list: the cases that it may look at, and no more.

    `last_case` is the one that was received last, where headquarters shows it a family without an
    open one.
    """

    id: str
    district_id: str
    open_cases: tuple[SharedCase, ...]
    last_case: SharedCase | None

    @classmethod
    def of_family(cls, family: Family, last: SharedCase | None) -> Self:
        """Show a family as a line."""
        cases = tuple(SharedCase.of(each) for each in family.open_cases)
        return cls.of(
            family,
            id=family.family_id,
            district_id=family.district,
            open_cases=cases,
            last_case=last,
        )


class MergedRecord(View):
    """Another record of the same family, and since when it is known to be one."""

    family_id: str
    at: datetime


class FamilyView(View):
    """A family as headquarters sees it; `groups_sensitive` is there for its case team alone."""

    id: str
    version: int
    status: FamilyStatus
    region: str
    district_id: str
    kind: FamilyKind
    members: tuple[Member, ...]
    groups: tuple[GroupCode, ...]
    motivated: bool
    resource_family: bool
    anonymous: bool
    language: LanguageCode
    preferred_channel: ContactWay | None
    preferred_time: ContactTime | None
    home_conditions: tuple[HomeCode, ...]
    contacts: tuple[ContactFacts, ...]
    merged: tuple[MergedRecord, ...]
    alike: tuple[AlikeFamily, ...]
    consents: tuple[Consent, ...]
    disclosures: tuple[DisclosureView, ...]
    person_requests: tuple[PersonRequest, ...]
    open_cases: tuple[OpenCase, ...]
    excluded_guardians: tuple[str, ...]
    card_holders: tuple[str, ...]
    known_since: datetime
    next_steps: tuple[StepCode, ...]
    groups_sensitive: tuple[SensitiveCode, ...] | None = None

    @classmethod
    def of_family(cls, family: Family, sensitive: tuple[str, ...] | None) -> Self:
        """Show a family; with the sensitive groups for those who may see them."""
        contacts = tuple(ContactFacts.of(each) for each in family.all_contacts)
        return cls.of(
            family,
            id=family.family_id,
            district_id=family.district,
            contacts=contacts,
            disclosures=tuple(DisclosureView.of(each) for each in family.all_disclosures),
            person_requests=family.all_person_requests,
            consents=family.all_consents,
            excluded_guardians=family.exclusions,
            card_holders=tuple(ref for each in family.records for ref in each.card_holders),
            merged=tuple(MergedRecord.of(each) for each in family.joined),
            groups_sensitive=sensitive,
        )
