"""What a partner agrees for its tills: outlets, fixed offers, store keys."""

from services.cards import till_read_model as till_rows
from services.cards.partners.commands import AddOutlet, IssuedKey, IssueKey, ProposeOffer
from services.cards.partners.domain import Partner
from services.cards.partners.keys import StoreKey
from services.cards.partners.offers import Offer, Outlet
from services.cards.partners.repository import Partners
from services.cards.partners.use_cases import about, allowed
from shared import clock, ids, keyring
from shared.events import cards as told
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt

_SECRET = "store-key"


def add_outlet(
    partner_id: str, body: AddOutlet, context: CommandContext, partners: Partners
) -> Receipt:
    """Another shop takes part; the receipt's number is its id."""
    partner = allowed(partner_id, "add_outlet", context.actor, partners)
    outlet = Outlet(id=ids.new("out"), **body.model_dump(exclude={"hours"}), hours=body.hours)
    return partners.save_partner(context, partner.add_outlet(outlet), number=outlet.id)


def close_outlet(
    partner_id: str, outlet_id: str, context: CommandContext, partners: Partners
) -> Receipt:
    """A shop no longer takes part."""
    partner = allowed(partner_id, "close_outlet", context.actor, partners)
    return partners.save_partner(context, partner.close_outlet(outlet_id))


def propose_offer(
    partner_id: str, body: ProposeOffer, context: CommandContext, partners: Partners
) -> Receipt:
    """A new version of the fixed discount, for the club to confirm; its id is the number."""
    partner = allowed(partner_id, "propose_offer", context.actor, partners)
    offer = Offer(
        id=ids.new("ofr"),
        version=len(partner.offers) + 1,
        percent=body.discount_percent,
        goods_scope=body.goods_scope,
        outlets=tuple(body.outlet_ids),
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        proposed_by=context.actor.id,
    )
    today = calendar.local_date(regions.zone(partner.region), clock.now())
    return partners.save_partner(context, partner.propose_offer(offer, today), number=offer.id)


def publish_offer(
    partner_id: str, offer_id: str, context: CommandContext, partners: Partners
) -> Receipt:
    """The club confirms a version: tills obey it from its first day on."""
    partner = allowed(partner_id, "publish_offer", context.actor, partners)
    today = calendar.local_date(regions.zone(partner.region), clock.now())
    changed = partner.publish_offer(offer_id, context.actor.id, today)
    return partners.save_partner(context, changed, events=[_offer_changed(changed, offer_id)])


def withdraw_offer(
    partner_id: str, offer_id: str, context: CommandContext, partners: Partners
) -> Receipt:
    """Take back a version before it comes into force."""
    partner = allowed(partner_id, "withdraw_offer", context.actor, partners)
    return partners.save_partner(context, partner.withdraw_offer(offer_id, clock.now()))


def issue_key(
    partner_id: str, body: IssueKey, context: CommandContext, partners: Partners
) -> Receipt:
    """A key for the till of one outlet; `show_key` tells it to this call only."""
    partner = allowed(partner_id, "issue_key", context.actor, partners)
    key_id = ids.new("key")
    secret_hash = till_rows.secret_hash(_secret(key_id))
    key = StoreKey.made(key_id, body.outlet_id, secret_hash, clock.now(), sandbox=body.sandbox)
    return partners.save_partner(context, partner.issue_key(key), key=key, number=key_id)


def show_key(receipt: Receipt, caller: Principal, partners: Partners) -> IssuedKey:
    """The key in full, for the call that made it and for that call's repeats."""
    key = partners.get(receipt.id).key(str(receipt.number))
    parts = till_rows.StoreKey(receipt.id, key.id, _secret(key.id), key.sandbox)
    return IssuedKey(
        key_id=key.id,
        outlet_id=key.outlet_id,
        store_key=till_rows.write_store_key(parts),
        expires_at=key.expires_at,
        version=receipt.version,
    )


def revoke_key(
    partner_id: str, key_id: str, context: CommandContext, partners: Partners
) -> Receipt:
    """A till is refused with this key from now on."""
    partner = allowed(partner_id, "revoke_key", context.actor, partners).revoke_key(key_id)
    return partners.save_partner(context, partner, key=partner.key(key_id))


def _secret(key_id: str) -> str:
    """256 bits that nobody can tell without the service's key, so a lost answer can be repeated."""
    return till_rows.secret_text(keyring.from_env().sign(_SECRET, key_id.encode()))


def _offer_changed(partner: Partner, offer_id: str) -> told.PartnerOfferChanged:
    offer = partner.offer(offer_id)
    return told.PartnerOfferChanged(
        **about(partner),
        offer_id=offer.id,
        discount_percent=offer.percent,
        from_date=offer.valid_from.isoformat(),
        to_date=offer.valid_to.isoformat() if offer.valid_to else None,
    )
