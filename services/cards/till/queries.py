"""What a till may ask before its first check."""

from services.cards.till import domain
from services.cards.till.policy import PARTNER_PAUSED, admit
from services.cards.till.repository import TillRepository
from services.cards.till.views import OutletView
from services.cards.till_read_model import StoreKeyParts
from shared import clock


def get_outlet(caller: StoreKeyParts, till: TillRepository) -> OutletView:
    """Show the outlet of the store key and the discount it gives now.

    It is no check and no try: a till may ask when it starts. Show `message` to the cashier.
    """
    store = till.store_state(caller)
    partner, key = admit(store, caller, int(clock.wall().timestamp()))
    paused = partner.status == PARTNER_PAUSED and not key.sandbox
    offer = domain.offer_of(partner, key, int(clock.now().timestamp()))
    return OutletView.of_outlet(key, None if paused else offer, paused=paused)
