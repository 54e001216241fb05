"""Events of intake about families: which are known already, and which are helped no more."""

from shared.events.base import Event


class FamilyLooksAlike(Event):
    """A new family may be one that is known already; headquarters compares and decides."""

    family_id: str
    district_id: str


class FamilyLikenessDecided(Event):
    """Headquarters has said of all families that one looked like whether they are the same."""

    family_id: str


class RequestLeftCase(Event):
    """A request was taken out of the case of a family that was held for its own.

    Its coordinator looks what is left of it while it is `open`.
    """

    request_id: str
    family_id: str | None = None
    case_id: str
    district_id: str
    open: bool


class AdditionWithdrawn(Event):
    """What was added to a request by mistake was taken out; headquarters looks what it has done."""

    request_id: str
    family_id: str | None = None
    case_id: str | None = None
    district_id: str | None = None


class FamilyCasesEnded(Event):
    """No case of a family is open any more; each of its records has one, as `record_id`."""

    family_id: str
    record_id: str
