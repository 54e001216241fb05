"""A list of store keys belongs to the person who asked for it."""

from services.cards.key_lists.domain import KeyList
from services.cards.key_lists.repository import KeyLists
from services.cards.partners.policy import load_authorised
from services.cards.partners.repository import Partners
from services.cards.taken_once import ListStatus
from shared import clock
from shared.errors import NotFound
from shared.principal import Principal


def load_own_list(
    partner_id: str, principal: Principal, partners: Partners, key_lists: KeyLists
) -> KeyList:
    """Return the list that the principal asked for, and still may have."""
    partner = load_authorised(partner_id, "issue_key", principal, partners)
    keys = key_lists.get(partner.id)
    if keys.asked_by != principal.id:
        raise NotFound("key_list")
    lacking = keys.status is not ListStatus.TAKEN or partner.shops.needing_keys(clock.now())
    return keys.shown_to(lambda step: step != "write_again" or bool(lacking))
