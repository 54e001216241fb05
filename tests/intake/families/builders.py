"""Families of the tests: one that has allowed everything, and others beside it."""

from datetime import UTC, datetime, timedelta

from services.intake.codes.values import ConsentForm, ConsentPurpose, ContactProof
from services.intake.families.domain import Family
from services.intake.families.values import Consent, FamilyContact, Stamp

START = datetime(2026, 9, 14, 5, 40, tzinfo=UTC)
EVERYTHING = (
    ConsentPurpose.PROCESSING,
    ConsentPurpose.SHARE_NEED_CATEGORIES,
    ConsentPurpose.CONTACT,
)


def stamp(minutes: int = 0, by: str = "HQ-1", role: str = "regional_hq") -> Stamp:
    """Somebody doing something some minutes after the call."""
    return Stamp(by=by, role=role, at=START + timedelta(minutes=minutes))


def consent(purpose: ConsentPurpose) -> Consent:
    """A consent given by phone."""
    return Consent(
        purpose=purpose,
        form=ConsentForm.SPOKEN,
        text_version="1",
        text_hash="0" * 64,
        given_at=START,
        given_by="OP-1",
    )


def consent_to_office(district: str, *, withdrawn: bool = False) -> Consent:
    """A consent to show the case to a district's office."""
    return Consent(
        purpose=ConsentPurpose.SHARE_WITH_OFFICE,
        recipient=district,
        form=ConsentForm.WRITTEN,
        text_version="1",
        text_hash="0" * 64,
        given_at=START,
        given_by="HQ-1",
        withdrawn_at=START if withdrawn else None,
    )


def contact(number: int = 1, **facts: object) -> FamilyContact:
    """A phone of a family."""
    plain: dict[str, object] = {
        "contact_id": f"cnt_{number}",
        "channel": "sms",
        "index": f"index-{number}",
        "proof": ContactProof.SPOKEN,
        "added_at": START,
    }
    return FamilyContact.model_validate(plain | facts)


def family(**facts: object) -> Family:
    """A family that allowed everything the programme asks for."""
    plain: dict[str, object] = {
        "family_id": "fam_1",
        "region": "ZR",
        "district": "D01",
        "kind": "service_member",
        "consents": tuple(consent(purpose) for purpose in EVERYTHING),
        "contacts": (contact(),),
        "beneficiary_key": "key",
        "known_since": START,
    }
    return Family.model_validate(plain | facts)


def silent(**facts: object) -> Family:
    """A family that does not want its needs shown to guardians."""
    allowed = tuple(
        consent(each) for each in EVERYTHING if each is not ConsentPurpose.SHARE_NEED_CATEGORIES
    )
    return family(consents=allowed, **facts)
