"""Which change of preferences publishes which event."""

from services.notifications.preferences.domain import Preferences
from shared.events.notifications import PreferencesChanged


def preferences_changed(found: Preferences, *, acknowledged: bool = True) -> PreferencesChanged:
    """Return the event of what a person prefers now, how it said so, and whether it is answered."""
    return PreferencesChanged(
        region=found.region,
        person_id=found.person_id,
        audience=found.audience,
        reference=found.reference,
        by=str(found.set_by),
        channels=tuple(map(str, found.channels)),
        unwanted=tuple(map(str, found.unwanted)),
        together=found.together,
        acknowledged=acknowledged,
    )
