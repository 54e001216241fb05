"""Who has read what about the holder of a card."""

from services.cards.cards.domain import Card
from services.cards.cards.policy import is_own, load_authorised, resource
from services.cards.cards.repository import Cards
from services.cards.cards.values import CardId
from services.cards.cards.vault_records import subjects_of
from services.cards.erasures.repository import Files
from services.cards.holders.vault_records import subject_of
from services.cards.policy import POLICY
from shared.api.models import Paging
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.readings.queries import note_look, page_of_readings
from shared.readings.views import ReadingView
from shared.storage.repository import Page

LIST = "list_readings"


def list_readings(
    card_id: CardId, query: Paging, caller: Principal, cards: Cards, log: AccessLog
) -> Page[ReadingView]:
    """Read who has read what about a card's holder, the latest first.

    The holder sees it of all of her cards, the staff of those that are in its charge. The staff's
    look is recorded.
    """
    card = load_authorised(card_id, LIST, caller, cards)
    subjects = {name for each in _shown(card, caller, cards) for name in subjects_of(each)}
    if not is_own(card, caller):
        note_look(subject_of(card.region, card.holder_ref), caller, log)
    return page_of_readings(card_id, sorted(subjects), query, caller, log)


def _shown(card: Card, caller: Principal, cards: Cards) -> list[Card]:
    """Return the cards of a card's person, whose readings a caller sees.

    That the person has a file at the office of another district is not shown to the leader of one.
    """
    own = is_own(card, caller)
    others = [each for of_file in Files(cards).of_person(card).values() for each in of_file]
    return [card, *(x for x in others if own or POLICY.allows(caller, LIST, resource(x)))]
