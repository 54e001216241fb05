"""What a manager does for the keys of a chain: ask for the list, take it once."""

from services.cards.key_lists.domain import KeyList
from services.cards.key_lists.policy import load_own_list
from services.cards.key_lists.repository import KeyLists
from services.cards.partners.policy import load_authorised
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerId
from services.cards.taken_once import ListStatus
from shared import clock
from shared.errors import IllegalStep
from shared.storage.command_context import CommandContext, Receipt


def ask_for_keys(
    partner_id: PartnerId, context: CommandContext, partners: Partners, key_lists: KeyLists
) -> Receipt:
    """Issue a store key for each open outlet without one for long, on a list that is taken once."""
    actor, now = context.actor, clock.now()
    partner = load_authorised(partner_id, "issue_key", actor, partners)
    partner.require_stores()
    earlier = key_lists.find(partner.id)
    waits = earlier is not None and earlier.status is not ListStatus.TAKEN
    if not waits and not partner.shops.needing_keys(now):
        raise IllegalStep("every_outlet_has_key")
    if earlier is not None:
        seen = earlier.shown_to(lambda _: earlier.asked_by == actor.id)
        return key_lists.save(context, seen.write_again(actor.id, actor.role, now))
    keys = KeyList(
        id=partner.id,
        region=partner.region,
        asked_by=actor.id,
        role=actor.role,
        asked_at=now,
        due_at=now,
    )
    return key_lists.save(context, keys)


def take_keys(
    partner_id: PartnerId, context: CommandContext, partners: Partners, key_lists: KeyLists
) -> Receipt:
    """Take the list: a link of five minutes, given this one time."""
    keys = load_own_list(partner_id, context.actor, partners, key_lists)
    return key_lists.save(context, keys.take(clock.now()))
