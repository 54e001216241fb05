"""The answer to a report of an office."""

from services.cards.placements.views import Noted
from shared.principal import Principal
from shared.storage.command_context import Receipt


def placement_end_view(receipt: Receipt, caller: Principal) -> Noted:
    """Say that the report was taken, and nothing about a card."""
    return Noted()
