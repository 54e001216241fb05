"""What a manager does with the outlets of a partner and the keys of their tills."""

from services.cards import till_read_model
from services.cards.outlets.commands import AddOutlet, IssueKey
from services.cards.outlets.queries import secret_of
from services.cards.partners.policy import load_authorised
from services.cards.partners.repository import Partners
from services.cards.partners.values import KeyId, Outlet, OutletId, PartnerId, StoreKey
from shared import clock, ids
from shared.storage.command_context import CommandContext, Receipt


def add_outlet(
    partner_id: PartnerId, body: AddOutlet, context: CommandContext, partners: Partners
) -> Receipt:
    """Add a shop; the answer's number is its id."""
    partner = load_authorised(partner_id, "add_outlet", context.actor, partners)
    outlet = Outlet(id=ids.new("out"), **body.model_dump(exclude={"hours"}), hours=body.hours)
    return partners.save_partner(context, partner.add_outlet(outlet), number=outlet.id)


def close_outlet(
    partner_id: PartnerId, outlet_id: OutletId, context: CommandContext, partners: Partners
) -> Receipt:
    """Take a shop out of the programme."""
    partner = load_authorised(partner_id, "close_outlet", context.actor, partners)
    return partners.save_partner(context, partner.close_outlet(outlet_id))


def issue_key(
    partner_id: PartnerId, body: IssueKey, context: CommandContext, partners: Partners
) -> Receipt:
    """Issue a store key for the till of one outlet; it is shown in this answer only."""
    partner = load_authorised(partner_id, "issue_key", context.actor, partners)
    key_id = ids.new("key")
    secret_hash = till_read_model.secret_hash(secret_of(key_id))
    key = StoreKey.made(key_id, body.outlet_id, secret_hash, clock.now(), sandbox=body.sandbox)
    return partners.save_partner(context, partner.issue_key(key), key=key, number=key_id)


def revoke_key(
    partner_id: PartnerId, key_id: KeyId, context: CommandContext, partners: Partners
) -> Receipt:
    """Revoke a store key: its till is refused at once."""
    partner = load_authorised(partner_id, "revoke_key", context.actor, partners).revoke_key(key_id)
    return partners.save_partner(context, partner, key=partner.key(key_id))
