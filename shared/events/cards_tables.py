"""Events of tables from which cards are issued."""

from shared.events.base import Event


class PaperCodesWaiting(Event):
    """A table gave cards whose codes no phone gets: who sent it hands them over on paper.

    `role` is that of the person who sent it, `district_id` the district of an office or leader.
    """

    batch_id: str
    role: str
    district_id: str | None = None
    cards: int


class PaperCodesTaken(Event):
    """The list of codes of a table was taken, which it is once."""

    batch_id: str


class PaperCodesLapsed(Event):
    """The list of codes of a table was not taken while its codes worked."""

    batch_id: str
