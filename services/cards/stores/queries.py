"""The outlets of a partner, and the answer to a new store key."""

from services.cards import till_read_model
from services.cards.counters.repository import TillCounters
from services.cards.offers.repository import owner_key
from services.cards.outlets.repository import LISTED, Outlets
from services.cards.partners.policy import load_authorised
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerId
from services.cards.stores.views import IssuedKey, OutletView
from services.cards.till_read_model import StoreKeyParts
from shared import clock, keyring
from shared.api.models import Paging
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.command_context import Receipt
from shared.storage.repository import Page

_SECRET = "store-key"


def list_outlets(
    partner_id: PartnerId,
    query: Paging,
    caller: Principal,
    partners: Partners,
    outlets: Outlets,
    counters: TillCounters,
) -> Page[OutletView]:
    """List the outlets of a partner with their keys and the discount in force."""
    partner = load_authorised(partner_id, "view_details", caller, partners)
    now = clock.now()
    today = calendar.local_date(regions.zone(partner.region), now)
    months = [f"{calendar.add_months(today, back):%Y-%m}" for back in (0, -1)]
    last_used = counters.last_used(partner.id, months)
    return outlets.page(
        "by_owner",
        owner_key(partner.id),
        lambda outlet: OutletView.of_outlet(outlet, partner, now, last_used),
        caller=caller,
        query=query,
        prefix=LISTED,
    )


def secret_of(key_id: str) -> str:
    """Return a key's 256 secret bits, derived anew each time, so that a lost answer is repeated."""
    return till_read_model.secret_text(keyring.from_env().sign(_SECRET, key_id.encode()))


def issued_key_view(receipt: Receipt, caller: Principal, outlets: Outlets) -> IssuedKey:
    """Show the key in full to the call that made it, and to that call's repeats while it lives."""
    key_id = str(receipt.number)
    key = outlets.of_key(receipt.id, key_id).key(key_id)
    parts = StoreKeyParts(receipt.id, key.id, secret_of(key.id), key.sandbox)
    return IssuedKey(
        key_id=key.id,
        outlet_id=key.outlet_id,
        store_key=till_read_model.write_store_key(parts) if key.lives(clock.now()) else None,
        expires_at=key.expires_at,
        version=receipt.version,
    )
