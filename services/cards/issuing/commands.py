"""What a leader says of a card that waits."""

from typing import Annotated, Literal

from services.cards.cards.values import HoldDecision
from shared.api.models import Command
from shared.reference.code_lists import Listed


class DecideDuplicate(Command):
    """Whose the card is, and how that was found out."""

    decision: Annotated[
        Literal[HoldDecision.DIFFERENT_PERSON, HoldDecision.SAME_PERSON],
        Listed("card_hold_choice"),
    ]
    reason: Annotated[str, Listed("card_hold_evidence")]
