"""A card is found by two of the signs that its holder can name."""

from collections.abc import Iterable

from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.cards.values import ENDED
from services.cards.holders.domain import Holder
from services.cards.holders.repository import MOST, Holders
from services.cards.holders.vault_records import phone_index
from services.cards.lost_cards.commands import FindLostCard
from services.cards.lost_cards.repository import Searches
from services.cards.lost_cards.views import FoundCard
from services.cards.policy import POLICY
from shared.api.inputs import Request
from shared.errors import Invalid
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault

NEEDED = 2


def find_lost_card(
    body: FindLostCard,
    caller: Principal,
    request: Request,
    searches: Searches,
    cards: Cards,
    holders: Holders,
    vault: Vault,
) -> FoundCard:
    """Find the card of a person who lost it with the phone, to block it.

    The answer has the same fields when there is none. Each search is counted and audited.
    """
    partition = Partition.of_region(caller, body.region, pointer="/region")
    POLICY.require_list(caller, "find_lost_card", "Card", partition)
    signs, region = body.signs(), partition.region or ""
    if len(signs) < NEEDED:
        raise Invalid("two_signs_needed", "/last4" if "last4" not in signs else "/phone")
    searches.count(caller)
    phone = None if body.phone is None else phone_index(body.phone, vault)
    users = [] if phone is None or body.holder_ref else holders.list_by_phone(phone)
    found = _best(_matching(body, region, phone, users, cards, holders))
    searches.audit(caller, region, signs, found, request.correlation_id)
    if found is None and len(users) >= MOST:
        raise Invalid("phone_of_many", "/holder_ref")  # it may be the card of one not looked at
    return FoundCard(found=False) if found is None else FoundCard.of(found, found=True)


def _matching(
    body: FindLostCard,
    region: str,
    phone: str | None,
    users: Iterable[Holder],
    cards: Cards,
    holders: Holders,
) -> list[Card]:
    """Return the cards that have all signs; by the file where it is named: few have its number.

    A phone may be that of many: an office may give its own for people who have none.
    """
    if body.holder_ref is not None:
        of_file = cards.list_by_file(region, body.holder_ref)
        found = [c for c in of_file if phone is None or _is_reached(c, phone, holders)]
    else:
        of_region = [each for each in users if each.region == region]
        found = [c for each in of_region for c in cards.list_by_person(region, each.file_numbers)]
    return [c for c in found if body.last4 in (None, c.last4) and c.erased_at is None]


def _is_reached(card: Card, phone: str, holders: Holders) -> bool:
    """Return whether the holder of a card has given that phone, or proves herself by it."""
    holder = holders.find(card.holder_id)
    return holder is not None and phone in (holder.phone, holder.contact)


def _best(found: Iterable[Card]) -> Card | None:
    """Return the card that lives, else the latest one, so that its end is shown."""
    return max(found, key=lambda card: (card.status not in ENDED, card.issued_at), default=None)
