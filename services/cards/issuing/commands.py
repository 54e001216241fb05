"""What a leader says of a card that waits."""

from typing import Annotated, Literal

from pydantic import Field

from services.cards.cards.values import CardId, HoldDecision
from shared.api.models import Command
from shared.reference.code_lists import Listed


class DecideDuplicate(Command):
    """Whose the card is, and how that was found out.

    Beside cards of several people, `same_as` names those of the same person.
    """

    decision: Annotated[
        Literal[HoldDecision.DIFFERENT_PERSON, HoldDecision.SAME_PERSON],
        Listed("card_hold_choice"),
    ]
    reason: Annotated[str, Listed("card_hold_evidence")]
    same_as: list[CardId] = Field(default_factory=list, max_length=2)
