"""The event of a contact that was changed."""

from services.cards.cards.domain import Card
from services.cards.contact_changes.domain import ContactChange
from shared.events.cards import HolderContactChanged


def changed(
    change: ContactChange, living: Card | None, card_id: str | None = None
) -> HolderContactChanged:
    """Return the event of a change that is done; the staff made it by a card."""
    return HolderContactChanged(
        region=change.region,
        contact_change_id=change.id,
        holder_id=change.holder_id,
        notifies_former=change.notifies_former,
        card_id=card_id,
        living_card_id=living.id if living else None,
    )
