"""How the phone that proves a holder is changed."""

from functools import partial

from services.cards.cards.policy import load_authorised
from services.cards.cards.repository import Cards, till_row
from services.cards.cards.values import CardId
from services.cards.contact_changes import events
from services.cards.contact_changes.commands import ChangeContact, StartContactChange
from services.cards.contact_changes.domain import ContactChange
from services.cards.contact_changes.policy import require_own
from services.cards.contact_changes.repository import ContactChanges
from services.cards.holders import vault_records
from services.cards.holders.domain import Holder
from services.cards.holders.repository import Holders
from services.cards.holders.values import UNCHANGED
from services.cards.issuing.repository import living_of_same_person
from services.cards.sign_ins.events import requested
from shared import clock, ids
from shared.api.inputs import Request
from shared.errors import IllegalStep, Invalid
from shared.identity.sign_ins import NEW_CONTACT, OLD_CONTACT, SignIns
from shared.privacy.contact import Contact, takes_texts
from shared.privacy.vault import Vault
from shared.sign_in.commands import ConfirmContactChange
from shared.sign_in.recipients import takes_codes
from shared.sign_in.values import (
    CONTACT_CHANGE,
    ContactChangeId,
)
from shared.storage.command_context import CommandContext, Receipt


def start_contact_change(
    body: StartContactChange,
    request: Request,
    context: CommandContext,
    changes: ContactChanges,
    holders: Holders,
    sign_ins: SignIns,
    vault: Vault,
) -> Receipt:
    """Ask to change the own phone: a code goes to the old one and one to the new."""
    holder = holders.get(context.actor.acts_for)
    require_own(context.actor, holder.id, holder.region)
    holder.require_contact()
    old, new = _codes_to(body.contact, holder, context, vault)
    change = _change_of(holder, new)
    code_to = partial(
        sign_ins.start,
        context,
        channel="sms",
        address=request.source_address,
        person=holder.id,
        region=holder.region,
        about=change.id,
    )
    old_code = code_to(contact=old, use=OLD_CONTACT)
    new_code = code_to(contact=new, use=NEW_CONTACT)
    change = change.awaiting(old_code.id, new_code.id)
    return changes.save(
        context,
        change,
        sign_ins.row(old_code),
        sign_ins.row(new_code),
        events=[requested(old_code), requested(new_code)],
        writes=vault_records.seal_for_change(holder, change.id, body.contact, vault),
    )


def _codes_to(
    contact: Contact, holder: Holder, context: CommandContext, vault: Vault
) -> tuple[str, str]:
    """Return the phones before and after a change; refuse one at which no code would arrive."""
    old, new = holder.contact, _phone(contact, vault)
    if old is None or new == old:
        raise Invalid("same_contact", "/contact/phone")
    if contact.phone is not None and not takes_texts(contact.phone):
        raise Invalid("sms_needs_mobile", "/contact/phone")
    present = vault_records.open_contact(holder, context.actor, "change_contact", vault)
    if present is None or not takes_codes(present):
        raise IllegalStep("old_contact_takes_no_codes")
    return old, new


def confirm_contact_change(
    change_id: ContactChangeId,
    body: ConfirmContactChange,
    context: CommandContext,
    cards: Cards,
    changes: ContactChanges,
    holders: Holders,
    sign_ins: SignIns,
    vault: Vault,
) -> Receipt:
    """Change the own phone by the codes that came to both; the old one proves nothing any more."""
    change = changes.get(change_id)
    require_own(context.actor, change.holder_id, change.region)
    old_code = sign_ins.enter(
        change.old_code or "", body.old_code, OLD_CONTACT, context, "/old_code"
    )
    new_code = sign_ins.enter(
        change.new_code or "", body.new_code, NEW_CONTACT, context, "/new_code"
    )
    before = holders.get(change.holder_id)
    before.require_contact()
    holders.require_bound(old_code)
    contact = vault_records.open_for_change(before, change.id, context.actor, vault)
    holder = before.bind(change.contact, clock.now())
    bound = holders.moved(holder, before, cards.living_of_person, cards.settled_of_person)
    return changes.save_done(
        context,
        change,
        bound,
        sign_ins.row(old_code),
        sign_ins.row(new_code),
        events=[events.changed(change, cards.living_of_person(holder))],
        writes=vault_records.seal_contact(holder, contact, vault),
    )


def change_contact(
    card_id: CardId,
    body: ChangeContact,
    context: CommandContext,
    cards: Cards,
    changes: ContactChanges,
    holders: Holders,
    vault: Vault,
) -> Receipt:
    """Change the phone of a holder who has shown who she is; she is signed out everywhere."""
    card = load_authorised(card_id, "change_contact", context.actor, cards)
    context.actor = context.actor.acting_for(card.holder_id, body.evidence)
    living = living_of_same_person(card, cards)
    if living is not None and living.holder_id != card.holder_id:
        raise IllegalStep("card_elsewhere")
    new, before = _phone(body.contact, vault), holders.find(card.holder_id)
    known = before or Holder(id=card.holder_id, region=card.region, file_numbers=(card.holder_ref,))
    after = known.prove_anew(new, clock.now()).sign_out(clock.wall())
    stolen = body.stolen or known.had_stolen_contact(card.stolen_at)
    left = before.report_theft(clock.now()) if before and stolen else before
    bound = holders.moved(after, left, cards.living_of_person, cards.settled_of_person)
    former = None if stolen else _former_contact(known, body.contact, context, vault)
    robbed = [living.phone_replaced()] if body.stolen and living is not None else []
    others = holders.robbed(card.holder_id, of_others=True) if body.stolen else UNCHANGED
    change = _change_of(known, new, notifies_former=former is not None)
    writes = vault_records.seal_contact(known, body.contact, vault)
    if former is not None:
        writes += vault_records.seal_for_change(known, change.id, former, vault)
    return changes.save_done(
        context,
        change,
        bound,
        *others.rows,
        *map(cards.row, robbed),
        events=[events.changed(change, living, card.id)],
        writes=[*writes, *map(till_row, robbed)],
    )


def _change_of(holder: Holder, contact: str, *, notifies_former: bool = False) -> ContactChange:
    return ContactChange(
        id=ids.new(CONTACT_CHANGE),
        holder_id=holder.id,
        region=holder.region,
        contact=contact,
        notifies_former=notifies_former,
    )


def _former_contact(
    holder: Holder, contact: Contact, context: CommandContext, vault: Vault
) -> Contact | None:
    """Return the contact before a change, if its news go elsewhere than to the new one."""
    former = vault_records.open_contact(holder, context.actor, "change_contact", vault)
    return None if former is None or former.way() == contact.way() else former


def _phone(contact: Contact, vault: Vault) -> str:
    """Return the index of a contact's phone, without which no one could sign in."""
    index = vault_records.contact_index(contact, vault)
    if index is None:
        raise Invalid("phone_missing", "/contact/phone")
    return index
