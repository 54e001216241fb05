"""Events of intake about families that may be known already."""

from shared.events.base import Event


class FamilyLooksAlike(Event):
    """A new family may be one that is known already; headquarters compares and decides."""

    family_id: str
    district_id: str


class FamilyLikenessDecided(Event):
    """Headquarters has said of all families that one looked like whether they are the same."""

    family_id: str
