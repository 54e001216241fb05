"""Events of the community, a service that does not exist yet: what others already listen to."""

from datetime import date

from shared.events.base import Event


class CrisisFlagged(Event):
    """Someone of the community saw a family in crisis; `consent` is the family's to ask for help.

    The family is named as far as it is known: by its own id, else by its card holder's reference.
    """

    flag_id: str
    member_ref: str
    kind: str
    severity: str
    raised_by: str
    consent: bool
    district_id: str
    family_id: str | None = None
    holder_ref: str | None = None


class EngagementEnded(Event):
    """A person's involvement in the programme's affairs has ended.

    The person is known by the family, or by the card of a holder.
    """

    engagement_id: str
    level: str
    role: str
    activity_ref: str | None = None
    started_on: date
    ended_on: date
    district_id: str | None = None
    family_id: str | None = None
    card_id: str | None = None
