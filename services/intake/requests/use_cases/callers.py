"""Who calls: the family that the operator names, else the one that has this contact.

Most families call for the first time. So one that is not named is supposed to be new, and looked
for when the commit shows that its contact is known. What a form or a bot says is looked up first,
by as many reads for an unknown contact as for that of one family: how long an answer takes must not
tell a stranger more than the answer.

Where several families have it an operator asks who calls. A form or a bot is not asked: its request
is of the family that name and month of birth point to, else of one that is known from forms alone,
and headquarters compares that with the others.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.intake.codes.values import ContactProof
from services.intake.families.domain import Family
from services.intake.families.policy import load_authorised
from services.intake.families.repository import Families, Holders
from services.intake.families.values import FamilyContact
from services.intake.families.vault_records import contact_index, has_name, new_contact
from services.intake.requests.commands import SubmitRequest, WebRequest
from services.intake.requests.domain import Request
from shared.errors import IllegalStep, Invalid, named_at
from shared.privacy.contact import Contact
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext


class Caller(NamedTuple):
    """Who calls: the family that is known, and the contact that it did not have before.

    `record_id` is which record of the family called. `holders` are those who have this contact,
    too. One who is `supposed` to call for the first time was not looked for: the commit fails when
    the contact is known.
    """

    family: Family | None = None
    record_id: str | None = None
    contact: FamilyContact | None = None
    holders: Holders | None = None
    supposed: bool = False

    def sharing(self, region: str) -> list[str]:
        """Return the families of a region that have the contact, too."""
        return [] if self.holders is None else self.holders.of(region)


def named_caller(
    body: SubmitRequest,
    request: Request,
    context: CommandContext,
    families: Families,
    vault: Vault,
) -> Caller:
    """Return the family that the operator names; a phone it did not have is one more of its."""
    if body.family_id is None and (body.other_person or not request.heard):
        return find_caller(body, request, families, vault, other_person=body.other_person)
    if body.family_id is None:
        return first_caller(body, request, vault)
    if body.other_person:
        raise Invalid("family_or_other_person", "/other_person")
    with named_at("/family_id"):
        family = load_authorised(body.family_id, "join_family", context.actor, families)
    if family.erased:
        raise IllegalStep("person_was_erased", ("register_again",))
    if family.region != body.region:
        raise Invalid("family_of_another_region", "/region")
    if body.contact is None:
        return Caller(family, body.family_id)
    index = contact_index(body.contact, vault)
    if index in (each.index for each in family.all_contacts):
        return Caller(family, _record_with(index, family))
    contact = _new_contact(body.contact, index, request)
    return Caller(family, family.family_id, contact, families.holders(index))


def first_caller(body: WebRequest, request: Request, vault: Vault) -> Caller:
    """Return a family that calls for the first time, as most do; its contact is not looked up."""
    if body.contact is None:
        return Caller()
    index = contact_index(body.contact, vault)
    contact = _new_contact(body.contact, index, request)
    return Caller(contact=contact, holders=Holders(index), supposed=True)


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
    holders = families.holders(index)
    known = [] if other_person else families.living(holders.of(body.region))
    if len(known) > 1:
        if request.heard:
            raise Invalid("which_family_calls", "/family_id")
        known = _alike(body, known, vault) or _unproved(index, known)
    if known:
        return Caller(known[0], _record_with(index, known[0]))
    if not request.heard:
        families.find(request.request_id)  # none; a known contact costs this read, too
    return Caller(contact=_new_contact(body.contact, index, request), holders=holders)


def _alike(body: WebRequest, known: Sequence[Family], vault: Vault) -> list[Family]:
    """Return the one family with this name and month of birth; none when that is not sure."""
    name = None if body.contact is None else body.contact.name
    months = {each.born for each in body.family.members if each.born is not None}
    found = [
        each
        for each in known
        if any(
            months & {member.born for member in record.members} and has_name(record, name, vault)
            for record in each.records
        )
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


def _record_with(index: str, family: Family) -> str:
    """Return which record of a family has a contact: what is said by it stays with that one."""
    have = (one.family_id for one in family.records if index in (c.index for c in one.contacts))
    return next(have, family.family_id)


def _new_contact(contact: Contact, index: str, request: Request) -> FamilyContact:
    proof = ContactProof.SPOKEN if request.heard else ContactProof.UNPROVED
    return new_contact(contact, index, proof, request.received_at)
