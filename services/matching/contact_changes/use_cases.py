"""How the contact by which a guardian's people sign in is changed."""

from services.matching.applications.vault_records import phone_index
from services.matching.contact_changes import events, vault_records
from services.matching.contact_changes.commands import (
    ReplaceContact,
    StartContactChange,
)
from services.matching.contact_changes.domain import ContactChange
from services.matching.contact_changes.repository import ContactChanges
from services.matching.guardians.domain import Guardian
from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianId
from services.matching.sign_ins.events import requested
from shared import clock, ids
from shared.api.inputs import Request
from shared.errors import IllegalStep, Invalid, PreconditionFailed
from shared.identity.sign_ins import SignIn, SignIns
from shared.privacy.vault import Vault
from shared.sign_in.commands import ConfirmContactChange
from shared.sign_in.values import (
    CONTACT_CHANGE,
    NEW_CONTACT,
    OLD_CONTACT,
    ContactChangeId,
)
from shared.storage.command_context import CommandContext, Receipt


def start_contact_change(
    body: StartContactChange,
    request: Request,
    context: CommandContext,
    changes: ContactChanges,
    guardians: Guardians,
    sign_ins: SignIns,
    vault: Vault,
) -> Receipt:
    """Ask to change the own contact: a code goes to the one before and one to the new phone."""
    own = context.actor.org or ""
    guardian = load_authorised(own, "change_own_contact", context.actor, guardians)
    guardian.require_taking_part()
    new = _other_contact(guardian, body, vault)
    identifier = ids.new(CONTACT_CHANGE)

    def code_to(contact: str, use: str) -> SignIn:
        return sign_ins.start(
            contact=contact,
            channel="sms",
            address=request.source_address,
            person=own,
            region=guardian.home_region,
            use=use,
            about=identifier,
        )

    old_code = code_to(guardian.contact_index or "", OLD_CONTACT)
    new_code = code_to(new, NEW_CONTACT)
    change = ContactChange(
        id=identifier,
        guardian_id=own,
        region=guardian.home_region,
        contact=new,
        old_code=old_code.id,
        new_code=new_code.id,
    )
    return changes.save(
        context,
        change,
        sign_ins.row(old_code),
        sign_ins.row(new_code),
        events=[requested(old_code), requested(new_code)],
        writes=vault_records.seal_new(own, identifier, body.fields(), vault),
    )


def confirm_contact_change(
    change_id: ContactChangeId,
    body: ConfirmContactChange,
    context: CommandContext,
    changes: ContactChanges,
    guardians: Guardians,
    sign_ins: SignIns,
    vault: Vault,
) -> Receipt:
    """Change the own contact by the codes that came to both; the old one proves nothing any more.

    People who were signed in by it sign in anew.
    """
    change = changes.get(change_id)
    own, by = change.guardian_id, context.actor
    guardian = load_authorised(own, "change_own_contact", by, guardians)
    old_code = sign_ins.enter(
        change.old_code or "", body.old_code, OLD_CONTACT, context, "/old_code"
    )
    new_code = sign_ins.enter(
        change.new_code or "", body.new_code, NEW_CONTACT, context, "/new_code"
    )
    if guardian.contact_index != old_code.contact:
        raise IllegalStep("sign_in_over", ("request_code",))
    after = _reached_by(change.contact, guardian, guardians)
    new = vault_records.open_new(own, change_id, by, vault)
    done = change.finish(clock.now())
    return changes.save(
        context,
        done,
        guardians.row(after),
        sign_ins.row(old_code),
        sign_ins.row(new_code),
        events=[events.changed(done, after)],
        writes=vault_records.replace(own, change_id, new, by, vault),
    )


def replace_contact(
    guardian_id: GuardianId,
    body: ReplaceContact,
    context: CommandContext,
    changes: ContactChanges,
    guardians: Guardians,
    vault: Vault,
) -> Receipt:
    """Change the contact of a guardian that has shown who it is; its people are signed out."""
    guardian = load_authorised(guardian_id, "replace_contact", context.actor, guardians)
    if context.if_match not in (None, guardian.version):
        raise PreconditionFailed  # before the contact is read, which would be on record
    context.actor = context.actor.acting_for(guardian_id, body.evidence)
    new = _other_contact(guardian, body, vault)
    after = _reached_by(new, guardian, guardians)
    change = ContactChange(
        id=ids.new(CONTACT_CHANGE),
        guardian_id=guardian_id,
        region=guardian.home_region,
        contact=new,
    ).finish(clock.now())
    return guardians.save(
        context,
        after,
        changes.row(change),
        events=[events.changed(change, after)],
        writes=vault_records.replace(guardian_id, change.id, body.fields(), context.actor, vault),
    )


def _other_contact(guardian: Guardian, body: StartContactChange, vault: Vault) -> str:
    """Return the blind index of the new phone, which is not the one that counts already."""
    new = phone_index(body.phone(), vault)
    if new == guardian.contact_index:
        raise Invalid("same_contact", "/contact/phone")
    return new


def _reached_by(contact: str, guardian: Guardian, guardians: Guardians) -> Guardian:
    """Return a guardian with another contact, by which no other guardian's people sign in."""
    if any(not each.decided_against for each in guardians.of_contact(contact)):
        raise IllegalStep("contact_taken")
    return guardian.change_contact(contact, clock.wall())
