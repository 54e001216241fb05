"""The event of a contact that was changed."""

from services.cards.contact_changes.domain import ContactChange
from shared.events.cards import HolderContactChanged


def changed(change: ContactChange) -> HolderContactChanged:
    """Return the event of a change that is done."""
    return HolderContactChanged(
        region=change.region,
        contact_change_id=change.id,
        holder_id=change.holder_id,
        notifies_former=change.notifies_former,
    )
