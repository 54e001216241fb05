"""Events of the community, a service that does not exist yet: what others already listen to."""

from typing import ClassVar

from shared.events.base import Event


class CrisisFlagged(Event):
    """Someone of the community saw a family in crisis; `consent` is the family's to ask for help.

    The family is named as far as it is known: by its own id, else by its card holder's reference.
    """

    service: ClassVar[str] = "community"
    subject_field: ClassVar[str] = "flag_id"

    flag_id: str
    member_ref: str
    kind: str
    severity: str
    raised_by: str
    consent: bool
    district_id: str
    family_id: str | None = None
    holder_ref: str | None = None
