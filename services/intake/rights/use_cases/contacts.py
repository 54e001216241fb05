"""A family is reached in a new way, and the contact of before finds it no more."""

from services.intake.cases.repository import Cases
from services.intake.cases.use_cases.family_facts import followed
from services.intake.codes.values import ConsentPurpose, ContactProof
from services.intake.families.domain import Family
from services.intake.families.policy import stamp
from services.intake.families.repository import Families
from services.intake.families.values import (
    FamilyContact,
    FamilyId,
    LikenessSign,
)
from services.intake.families.vault_records import (
    contact_index,
    indexes_as_written,
    keep_for_notice,
    named_by,
    new_contact,
)
from services.intake.rights.commands import ReplaceContact
from services.intake.rights.policy import by_itself, load_for_family
from services.intake.sign_ins.domain import sign_out, sign_out_of
from shared import clock
from shared.errors import Invalid
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite


def replace_contact(
    family_id: FamilyId,
    body: ReplaceContact,
    context: CommandContext,
    families: Families,
    vault: Vault,
    cases: Cases,
) -> Receipt:
    """Reach the family in a new way from now on; the former contact finds it no more."""
    family = load_for_family(family_id, "replace_contact", context, body.evidence, families)
    if body.stolen and by_itself(context):
        raise Invalid("stolen_to_headquarters", "/stolen")
    former, index = _former(body, family, vault), contact_index(body.contact, vault)
    holders = families.holders(index)
    contact = _new(body, index, former, family, context)
    replaced = family.replace_contact(contact, former)
    after = named_by(replaced, contact, body.contact.name, vault)
    after = after.look_like(holders.of(family.region), LikenessSign.SAME_CONTACT)
    if body.stolen:  # who had the number put on a new card still has the devices of before
        after = sign_out(after, clock.wall())
    elif not by_itself(context):
        after = sign_out_of(after, former, contact, clock.wall())
    writes = _forget(family, after, contact, vault)
    writes += vault.seal(family.family_id, contact.contact_id, body.contact.fields())
    steps = followed(family, after, stamp(context), cases)
    return cases.save_family(context, family, after, steps, writes=writes, read=holders)


def _former(body: ReplaceContact, family: Family, vault: Vault) -> FamilyContact | None:
    """Return the contact that is replaced: the one that is named, else the first one."""
    if body.former is None:
        return family.require_own(family.contact)
    meant = indexes_as_written(body.former, vault)
    found = next((each for each in family.all_contacts if each.index in meant), None)
    if found is None:
        raise Invalid("no_such_contact", "/former")
    return family.require_own(found)


def _new(
    body: ReplaceContact,
    index: str,
    former: FamilyContact | None,
    family: Family,
    context: CommandContext,
) -> FamilyContact:
    """Return the new contact, spoken to the staff or only claimed."""
    proof = ContactProof.UNPROVED if by_itself(context) else ContactProof.SPOKEN
    contact = new_contact(body.contact, index, proof, stamp(context).at)
    if former is not None and former.index == index:
        return contact.in_place_of(former)
    if former is not None and _is_notified(former, family, body, context):
        return contact._with(notified_former=former.contact_id)
    return contact


def _forget(before: Family, after: Family, contact: FamilyContact, vault: Vault) -> list[RawWrite]:
    """Return the rows that forget what the family has no more; one that is notified stays on."""
    writes: list[RawWrite] = []
    kept = {each.contact_id for each in after.contacts}
    for former in before.contacts:
        if former.contact_id == contact.notified_former:
            writes += keep_for_notice(before, former, vault)
        elif former.contact_id not in kept:
            writes += vault.forget(before.family_id, former.contact_id)
    return writes


def _is_notified(
    former: FamilyContact, family: Family, body: ReplaceContact, context: CommandContext
) -> bool:
    """Whether the former contact is surely the family's, which may be written to there.

    What the staff replaces may have been typed wrongly, so only a code proves it.
    """
    if body.stolen or not family.allows(ConsentPurpose.CONTACT):
        return False
    unsure = ContactProof.UNPROVED if by_itself(context) else ContactProof.SPOKEN
    return former.proof not in (ContactProof.UNPROVED, unsure)
