"""Events of consultations, a service that does not exist yet: what others already listen to."""

from datetime import datetime

from shared.events.base import Event


class ConsultationHeld(Event):
    """A specialist has held a consultation; `family_id` is there when it was for a known family.

    `client_key` counts people without naming them.
    """

    consultation_id: str
    specialist_id: str
    specialist_kind: str
    format: str
    mode: str
    client_key: str
    held_at: datetime
    family_id: str | None = None
