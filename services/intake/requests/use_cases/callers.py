"""Who calls: the family that the operator names, else the one that has this contact.

Where several families have it an operator asks who calls. A form or a bot is not asked: its request
is of the family that name and month of birth point to, else of one that is known from forms alone,
and headquarters compares that with the others.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.intake.codes.values import ContactProof
from services.intake.families.domain import Family
from services.intake.families.policy import load_authorised
from services.intake.families.repository import Families, Holder
from services.intake.families.values import FamilyContact, Member
from services.intake.families.vault_records import contact_index, likeness_index, new_contact
from services.intake.requests.commands import SubmitRequest, WebRequest
from services.intake.requests.domain import Request
from shared.errors import Invalid
from shared.privacy.contact import Contact
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext

# More families with one phone are not told apart by what a form says.
MOST_COMPARED = 5


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
    contact = _new_contact(body.contact, index, holders, request)
    return Caller(family, contact, tuple(each.family_id for each in holders))


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
    known = [] if other_person else _living(holders, families)
    if len(known) > 1:
        if request.heard:
            raise Invalid("which_family_calls", "/family_id")
        known = _alike(body, known, vault) or _unproved(index, known)
    if known:
        return Caller(known[0])
    sharing = tuple(each.family_id for each in holders)
    return Caller(None, _new_contact(body.contact, index, holders, request), sharing)


def _living(holders: Sequence[Holder], families: Families) -> list[Family]:
    """Return the first families that have a contact; records of one family are one."""
    found = [families.get(each.family_id) for each in holders[:MOST_COMPARED]]
    return list({each.family_id: each for each in found if not each.erased}.values())


def _alike(body: WebRequest, known: Sequence[Family], vault: Vault) -> list[Family]:
    """Return the one family with this name and month of birth; none when that is not sure."""
    members = [Member.model_validate(each.model_dump()) for each in body.family.members]
    name = None if body.contact is None else body.contact.name
    likeness = likeness_index(body.region, name, members, vault)
    found = [
        each
        for each in known
        if likeness and likeness in (record.likeness for record in each.records)
    ]
    return found if len(found) == 1 else []


def _unproved(index: str, known: Sequence[Family]) -> list[Family]:
    """Return the families of which forms alone say that they have the contact."""
    claimed = (index, ContactProof.UNPROVED)
    return [
        each
        for each in known
        if claimed in ((contact.index, contact.proof) for contact in each.all_contacts)
    ]


def _new_contact(
    contact: Contact, index: str, holders: Sequence[Holder], request: Request
) -> FamilyContact:
    proof = ContactProof.SPOKEN if request.heard else ContactProof.UNPROVED
    return new_contact(contact, index, holders, proof, request.received_at)
