"""How the contact is changed by which a guardian's people or a volunteer are reached."""

from collections.abc import Iterator

from services.matching.contact_changes import vault_records
from services.matching.contact_changes.commands import (
    ReplaceContact,
    ReplaceVolunteerContact,
    StartContactChange,
    StartVolunteerContactChange,
)
from services.matching.contact_changes.domain import ContactChange
from services.matching.contact_changes.owners import Owner, Owners
from services.matching.contact_changes.repository import ContactChanges
from services.matching.guardians.values import GuardianId
from services.matching.sign_ins.events import requested
from services.matching.volunteers.values import VolunteerId
from shared import ids
from shared.api.inputs import Request
from shared.errors import IllegalStep, Invalid, PreconditionFailed
from shared.identity.sign_ins import NEW_CONTACT, OLD_CONTACT, SignIn, SignIns, over
from shared.privacy.contact import Contact, takes_texts
from shared.privacy.vault import Vault
from shared.sign_in.commands import ConfirmContactChange
from shared.sign_in.recipients import takes_codes
from shared.sign_in.values import (
    CONTACT_CHANGE,
    ContactChangeId,
)
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row
from shared.storage.transaction import NameTaken

OWN, OF_ANOTHER = "change_own_contact", "replace_contact"

# by themselves ----------------------------------------------------------------------------


def start_contact_change(
    body: StartContactChange,
    request: Request,
    context: CommandContext,
    changes: ContactChanges,
    owners: Owners,
    sign_ins: SignIns,
    vault: Vault,
) -> Receipt:
    """Ask to change the own contact: a code goes to the one before and one to the new phone."""
    owner = owners.authorised(context.actor.org or "", OWN, context.actor)
    return _ask_for_codes(owner, body, request, context, changes, sign_ins, vault)


def start_volunteer_contact_change(
    volunteer_id: VolunteerId,
    body: StartVolunteerContactChange,
    request: Request,
    context: CommandContext,
    changes: ContactChanges,
    owners: Owners,
    sign_ins: SignIns,
    vault: Vault,
) -> Receipt:
    """Ask to change the own contact as a volunteer: a code goes to the one before and the new."""
    owner = owners.authorised(volunteer_id, OWN, context.actor)
    return _ask_for_codes(owner, body, request, context, changes, sign_ins, vault)


def _ask_for_codes(
    owner: Owner,
    body: StartVolunteerContactChange,
    request: Request,
    context: CommandContext,
    changes: ContactChanges,
    sign_ins: SignIns,
    vault: Vault,
) -> Receipt:
    owner.require_taking_part()
    if body.contact.phone is not None and not takes_texts(body.contact.phone):
        raise Invalid("sms_needs_mobile", "/contact/phone")  # the code would not arrive
    change = _change_of(owner, body.contact, vault)
    if change.contact == owner.contact:
        raise Invalid("same_contact", f"/contact/{'phone' if body.contact.phone else 'address'}")
    present = vault_records.open_present(owner.id, context.actor, vault)
    if present is None or not takes_codes(present):
        raise IllegalStep("old_contact_takes_no_codes")
    old_code, new_code = _codes(owner, change, request, context, sign_ins)
    return changes.save(
        context,
        change.await_codes(old_code.id, new_code.id),
        sign_ins.row(old_code),
        sign_ins.row(new_code),
        events=[requested(old_code), requested(new_code)],
        writes=vault_records.seal_new(owner.id, change.id, body.fields(), vault),
    )


def _codes(
    owner: Owner,
    change: ContactChange,
    request: Request,
    context: CommandContext,
    sign_ins: SignIns,
) -> Iterator[SignIn]:
    """Yield the code for the contact of before, then that for the new one."""
    for contact, use in ((owner.contact, OLD_CONTACT), (change.contact, NEW_CONTACT)):
        yield sign_ins.start(
            context,
            contact=contact,
            channel="sms",
            address=request.source_address,
            person=owner.id,
            region=owner.region,
            use=use,
            about=change.id,
        )


def confirm_contact_change(
    change_id: ContactChangeId,
    body: ConfirmContactChange,
    context: CommandContext,
    changes: ContactChanges,
    owners: Owners,
    sign_ins: SignIns,
    vault: Vault,
) -> Receipt:
    """Change the own contact by the codes that came to both; the old one proves nothing any more.

    A guardian's people who were signed in by it sign in anew.
    """
    change = changes.get(change_id)
    owner = owners.authorised(change.owner_id, OWN, context.actor)
    old_code = sign_ins.enter(
        change.old_code or "", body.old_code, OLD_CONTACT, context, "/old_code"
    )
    new_code = sign_ins.enter(
        change.new_code or "", body.new_code, NEW_CONTACT, context, "/new_code"
    )
    if owner.contact != old_code.contact:
        raise over(OLD_CONTACT)
    fields = vault_records.open_new(owner.id, change_id, context.actor, vault)
    spent = (sign_ins.row(old_code), sign_ins.row(new_code))
    return _change(owner, change, fields, spent, context, changes, vault)


# with evidence ----------------------------------------------------------------------------


def replace_contact(
    guardian_id: GuardianId,
    body: ReplaceContact,
    context: CommandContext,
    changes: ContactChanges,
    owners: Owners,
    vault: Vault,
) -> Receipt:
    """Change the contact of a guardian that has shown who it is; its people are signed out."""
    owner = owners.authorised(guardian_id, OF_ANOTHER, context.actor)
    return _replace(owner, body, body.evidence, context, changes, vault)


def replace_volunteer_contact(
    volunteer_id: VolunteerId,
    body: ReplaceVolunteerContact,
    context: CommandContext,
    changes: ContactChanges,
    owners: Owners,
    vault: Vault,
) -> Receipt:
    """Change the contact of a volunteer that has shown who it is."""
    owner = owners.authorised(volunteer_id, OF_ANOTHER, context.actor)
    return _replace(owner, body, body.evidence, context, changes, vault)


def _replace(
    owner: Owner,
    body: StartVolunteerContactChange,
    evidence: str,
    context: CommandContext,
    changes: ContactChanges,
    vault: Vault,
) -> Receipt:
    owner.require_taking_part()
    if context.if_match not in (None, owner.version):
        raise PreconditionFailed  # before the contact is read, which would be on record
    context.actor = context.actor.acting_for(owner.id, evidence)
    change = _change_of(owner, body.contact, vault)
    return _change(owner, change, body.fields(), (), context, changes, vault)


# either way -------------------------------------------------------------------------------


def _change_of(owner: Owner, contact: Contact, vault: Vault) -> ContactChange:
    """Return a change to a new contact, which may be another person's at the same phone."""
    new = owner.index_of(contact, vault)
    identifier = ids.new(CONTACT_CHANGE)
    return ContactChange(id=identifier, owner_id=owner.id, region=owner.region, contact=new)


def _change(
    owner: Owner,
    change: ContactChange,
    fields: vault_records.Fields,
    spent: tuple[Row, ...],
    context: CommandContext,
    changes: ContactChanges,
    vault: Vault,
) -> Receipt:
    """Put the new contact in place of the one before, which hears of it."""
    reached = owner.reached_by(change.contact, vault_records.contact_of(fields), vault)
    rows = (changes.row(change), *spent)
    writes = vault_records.replace(owner.id, owner.keeps, change.id, fields, context.actor, vault)
    try:
        return changes.store.commit(
            context,
            reached.row,
            *rows,
            events=[owner.changed(change.id)],
            unique=reached.takes,
            release=reached.gives_back,
            writes=writes,
        )
    except NameTaken as taken:
        if spent:  # by its own codes: another record is not for it to see
            raise IllegalStep("registered_twice") from None
        raise IllegalStep("volunteer_known", volunteer=taken.owner) from None
