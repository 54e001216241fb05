"""The answer to a new store key."""

from services.cards import till_read_model
from services.cards.outlets.views import IssuedKey
from services.cards.partners.repository import Partners
from services.cards.till_read_model import StoreKeyParts
from shared import keyring
from shared.principal import Principal
from shared.storage.command_context import Receipt

_SECRET = "store-key"


def secret_of(key_id: str) -> str:
    """Return a key's 256 secret bits, derived anew each time, so that a lost answer is repeated."""
    return till_read_model.secret_text(keyring.from_env().sign(_SECRET, key_id.encode()))


def issued_key_view(receipt: Receipt, caller: Principal, partners: Partners) -> IssuedKey:
    """Show the key in full to the call that made it, and to that call's repeats."""
    key = partners.get(receipt.id).key(str(receipt.number))
    parts = StoreKeyParts(receipt.id, key.id, secret_of(key.id), key.sandbox)
    return IssuedKey(
        key_id=key.id,
        outlet_id=key.outlet_id,
        store_key=till_read_model.write_store_key(parts),
        expires_at=key.expires_at,
        version=receipt.version,
    )
