"""The answer to a card put into use."""

from services.cards import qr_codes
from services.cards.activation.views import ActivatedCard
from services.cards.cards.repository import Cards
from services.cards.cards.values import CardStatus
from shared import keyring
from shared.principal import Principal
from shared.storage.command_context import Receipt


def activated_card_view(receipt: Receipt, caller: Principal, cards: Cards) -> ActivatedCard:
    """Show the phone's secret to the call that made it and to that call's repeats only.

    The receipt's number is the generation that the call began; a call that changed nothing has
    none, and a later generation, or the end of the card, has made the secret worthless.
    """
    card = cards.get(receipt.id)
    status = CardStatus(receipt.status or card.status)
    if card.status is not CardStatus.ACTIVE or receipt.number != str(card.generation):
        return ActivatedCard(id=receipt.id, version=receipt.version, status=status)
    key = keyring.from_env().child(qr_codes.ROTATING_KEY)
    return ActivatedCard(
        id=receipt.id,
        version=receipt.version,
        status=status,
        handle=card.handle,
        generation=card.generation,
        qr_secret=qr_codes.rotating_secret(key, card.handle, card.generation),
    )
