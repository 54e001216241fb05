"""The event of a contact that was changed."""

from services.matching.contact_changes.domain import ContactChange
from services.matching.guardians.domain import Guardian
from services.matching.guardians.events import event_fields
from shared.events.matching_guardians import GuardianContactChanged


def changed(change: ContactChange, guardian: Guardian) -> GuardianContactChanged:
    """Return the event of a change that is done."""
    return GuardianContactChanged(**event_fields(guardian), contact_change_id=change.id)
