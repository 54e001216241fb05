"""Who calls: the family that the operator names, else the one that has this contact."""

from collections.abc import Sequence
from typing import NamedTuple

from services.intake.codes.values import ContactProof
from services.intake.families.domain import Family
from services.intake.families.policy import load_authorised
from services.intake.families.repository import Families, Holder
from services.intake.families.values import FamilyContact
from services.intake.families.vault_records import contact_index, new_contact
from services.intake.requests.commands import SubmitRequest, WebRequest
from services.intake.requests.domain import Request
from shared.errors import Invalid
from shared.privacy.contact import Contact
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext


class Caller(NamedTuple):
    """Who calls: the family that is known, and the contact that it did not have before.

    `sharing` are the families that have this contact, too.
    """

    family: Family | None = None
    contact: FamilyContact | None = None
    sharing: tuple[str, ...] = ()


def named_caller(
    body: SubmitRequest,
    request: Request,
    context: CommandContext,
    families: Families,
    vault: Vault,
) -> Caller:
    """Return the family that the operator names; a phone it did not have is one more of its."""
    if body.family_id is None:
        return find_caller(body, request, families, vault, other_person=body.other_person)
    if body.other_person:
        raise Invalid("family_or_other_person", "/other_person")
    family = load_authorised(body.family_id, "join_family", context.actor, families)
    if family.region != body.region:
        raise Invalid("family_of_another_region", "/region")
    if body.contact is None:
        return Caller(family)
    index = contact_index(body.contact, vault)
    if index in (each.index for each in family.all_contacts):
        return Caller(family)
    holders = families.holders(body.region, index)
    return Caller(family, _new_contact(body.contact, index, holders, request))


def find_caller(
    body: WebRequest,
    request: Request,
    families: Families,
    vault: Vault,
    *,
    other_person: bool = False,
) -> Caller:
    """Return the family that has this contact, in one read; another one may share its phone."""
    if body.contact is None:
        return Caller()
    index = contact_index(body.contact, vault)
    holders = families.holders(body.region, index)
    known = families.get(holders[0].family_id) if holders and not other_person else None
    if known is not None and not known.erased:
        return Caller(known)
    sharing = tuple(each.family_id for each in holders)
    return Caller(None, _new_contact(body.contact, index, holders, request), sharing)


def _new_contact(
    contact: Contact, index: str, holders: Sequence[Holder], request: Request
) -> FamilyContact:
    proof = ContactProof.SPOKEN if request.heard else ContactProof.UNPROVED
    return new_contact(contact, index, holders, proof, request.received_at)
