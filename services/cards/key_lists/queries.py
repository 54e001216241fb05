"""What a manager reads of a list of store keys."""

from services.cards.key_lists.policy import load_own_list
from services.cards.key_lists.repository import KeyLists, file_of
from services.cards.key_lists.views import KeyListLink, KeyListView
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerId
from services.cards.taken_once import ListStatus
from shared import clock
from shared.principal import Principal
from shared.storage.command_context import Receipt
from shared.storage.files import Files


def get_key_list(
    partner_id: PartnerId, caller: Principal, partners: Partners, key_lists: KeyLists
) -> KeyListView:
    """Show whether the list of keys can be taken."""
    keys = load_own_list(partner_id, caller, partners, key_lists)
    return KeyListView.of(keys, keys=len(keys.keys))


def taken_keys_view(
    receipt: Receipt, caller: Principal, key_lists: KeyLists, files: Files
) -> KeyListLink:
    """Show the link to the call that took the list, and to its repeats while the file is there."""
    keys = key_lists.get(receipt.id)
    there = keys.has_file(receipt.version, clock.now())
    return KeyListLink(
        id=receipt.id,
        version=receipt.version,
        status=ListStatus.TAKEN,
        download_url=files.download_link(file_of(keys), f"{keys.id}.csv") if there else None,
    )
