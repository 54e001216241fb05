"""What a manager does with the outlets of a partner and the keys of their tills."""

from services.cards import till_read_model
from services.cards.outlets.addresses import mark_of
from services.cards.outlets.domain import Outlet
from services.cards.outlets.repository import Outlets, key_row
from services.cards.outlets.values import (
    KeyId,
    OutletChange,
    OutletId,
    StoreKey,
    require_near,
    require_no_overlap,
)
from services.cards.partners.events import averted, keys_renewed, offers_missing
from services.cards.partners.policy import load_authorised, offering
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerId
from services.cards.stores import events
from services.cards.stores.commands import DescribeOutlet, IssueKey
from services.cards.stores.queries import secret_of
from shared import clock, ids
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def add_outlet(
    partner_id: PartnerId,
    body: DescribeOutlet,
    context: CommandContext,
    partners: Partners,
    outlets: Outlets,
) -> Receipt:
    """Add a shop; the answer's number is its id."""
    partner = load_authorised(partner_id, "add_outlet", context.actor, partners)
    mark, now = mark_of(body.address), clock.now()
    added = partner.add_outlet(ids.new("out"), body.district_id, now, mark)
    _require_near(partner.region, body)
    number, place = len(added.shops.places), added.shops.places[-1]
    outlet = Outlet(
        id=place.outlet_id,
        partner_id=partner.id,
        region=partner.region,
        place=number,
        **facts_of(body),
    )
    return partners.save_partner(
        context,
        added,
        outlets.row(outlet),
        events=[
            events.outlet_changed(outlet, OutletChange.ADDED, added),
            *offers_missing(partner, added, now),
        ],
        number=outlet.id,
    )


def edit_outlet(
    partner_id: PartnerId,
    outlet_id: OutletId,
    body: DescribeOutlet,
    context: CommandContext,
    partners: Partners,
    outlets: Outlets,
) -> Receipt:
    """Change what is public of a shop: its title, district, address, place and hours.

    Its tills show the new title at once.
    """
    partner = load_authorised(partner_id, "edit_outlet", context.actor, partners)
    partner.require_stores()
    before = outlets.of_partner(partner.id, outlet_id)
    with offering(partner, context.actor):
        outlet = before.edit(**facts_of(body))
    moved = partner.move_outlet(outlet.id, outlet.district_id, mark_of(outlet.address))
    _require_near(partner.region, body)
    also = [partners.row(moved)] if moved != partner else []
    edited = events.outlet_changed(outlet, OutletChange.EDITED, moved)
    renamed = outlet.keys if outlet.title != before.title else ()
    now = clock.now()
    return outlets.save(
        context,
        outlet,
        *also,
        events=[edited],
        writes=[key_row(outlet, key) for key in renamed if key.lives(now)],
    )


def close_outlet(
    partner_id: PartnerId,
    outlet_id: OutletId,
    context: CommandContext,
    partners: Partners,
    outlets: Outlets,
) -> Receipt:
    """Take a shop out of the programme."""
    partner = load_authorised(partner_id, "close_outlet", context.actor, partners)
    partner.require_stores()
    with offering(partner, context.actor):
        outlet = outlets.of_partner(partner.id, outlet_id).close()
    now = clock.now()
    without = partner.close_outlet(outlet.id, now)
    closed = events.outlet_changed(outlet, OutletChange.CLOSED, without)
    published = [closed, *averted(partner, without, now)]
    return partners.save_partner(context, without, outlets.row(outlet), events=published)


def issue_key(
    partner_id: PartnerId,
    body: IssueKey,
    context: CommandContext,
    partners: Partners,
    outlets: Outlets,
) -> Receipt:
    """Issue a store key for the till of one outlet; it is shown in this answer only."""
    partner = load_authorised(partner_id, "issue_key", context.actor, partners)
    partner.require_stores()
    with offering(partner, context.actor):
        partner.shops.require_open(body.outlet_id, "/outlet_id")
    key = new_key(body.outlet_id, sandbox=body.sandbox)
    outlet = outlets.of_partner(partner.id, body.outlet_id).issue_key(key)
    keyed = partner.issue_key(outlet.id, *outlet.key_times(key.issued_at))
    return partners.save_partner(
        context,
        keyed,
        outlets.row(outlet),
        events=keys_renewed(partner, keyed),
        writes=[key_row(outlet, key)],
        number=key.id,
    )


def replace_key(
    partner_id: PartnerId,
    key_id: KeyId,
    context: CommandContext,
    partners: Partners,
    outlets: Outlets,
) -> Receipt:
    """Revoke a store key that others know, and issue one in its place, shown in this answer only.

    The till is refused with the old key at once.
    """
    partner = load_authorised(partner_id, "replace_key", context.actor, partners)
    partner.require_stores()
    outlet = outlets.of_key(partner.id, key_id)
    with offering(partner, context.actor):
        outlet.require_open("revoke_key")
    key = new_key(outlet.id, sandbox=outlet.key(key_id).sandbox)
    outlet = outlet.revoke_key(key_id).issue_key(key)
    keyed = partner.issue_key(outlet.id, *outlet.key_times(key.issued_at))
    return partners.save_partner(
        context,
        keyed,
        outlets.row(outlet),
        events=keys_renewed(partner, keyed),
        writes=[key_row(outlet, each) for each in (outlet.key(key_id), key)],
        number=key.id,
    )


def revoke_key(
    partner_id: PartnerId,
    key_id: KeyId,
    context: CommandContext,
    partners: Partners,
    outlets: Outlets,
) -> Receipt:
    """Revoke a store key: its till is refused at once."""
    partner = load_authorised(partner_id, "revoke_key", context.actor, partners)
    outlet = outlets.of_key(partner.id, key_id).revoke_key(key_id)
    return partners.save_partner(
        context,
        partner.note_keys(outlet.id, *outlet.key_times(clock.now())),
        outlets.row(outlet),
        writes=[key_row(outlet, outlet.key(key_id))],
    )


def new_key(outlet_id: str, *, sandbox: bool = False) -> StoreKey:
    """Return a new store key of an outlet, with the hash of its secret."""
    key_id = ids.new("key")
    secret_hash = till_read_model.secret_hash(secret_of(key_id))
    return StoreKey.made(key_id, outlet_id, secret_hash, clock.now(), sandbox=sandbox)


def _require_near(region: str, body: DescribeOutlet) -> None:
    district = regions.region(region).districts.get(body.district_id)
    if district is not None:  # a region may have given it up since
        require_near(body, district.centre)


def facts_of(body: DescribeOutlet) -> dict[str, object]:
    """Return what is public of a shop, by the fields of the outlet."""
    return body.model_dump() | {"hours": require_no_overlap(body.hours)}
