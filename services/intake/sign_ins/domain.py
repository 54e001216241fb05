"""What signing in says of a family: a contact that was proved, and where it is signed in."""

from services.intake.families.domain import Family
from services.intake.families.values import FamilyContact
from shared.domain import Moment


def prove_contact(family: Family, index: str, at: Moment) -> Family:
    """Note that the family has the contact in its hands, as a code from there says."""
    contacts = tuple(each.proven(at) if each.index == index else each for each in family.contacts)
    return family if contacts == family.contacts else family._with(contacts=contacts)


def sign_out(family: Family, at: Moment) -> Family:
    """Sign the family out wherever it was signed in before, by the wall's time."""
    return family._with(signed_out_at=at)


def sign_out_of(
    family: Family, former: FamilyContact | None, now: FamilyContact, at: Moment
) -> Family:
    """Sign the family out when a former contact, which may be in other hands, is its no more."""
    same = former is not None and former.index == now.index
    return family if same else sign_out(family, at)


def is_signed_in(family: Family, record_id: str, since: Moment) -> bool:
    """Whether a device or link of then still opens a record's data: by its and the family's word.

    Those of a family that is forgotten open nothing.
    """
    said = (each for each in family.records if each.family_id in (family.family_id, record_id))
    ended = any(each.signed_out_at is not None and since <= each.signed_out_at for each in said)
    return not (ended or family.erased)
