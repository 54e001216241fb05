"""One entry of a family's timeline: when, of which kind, and the id of what it is about."""

from typing import Self

from services.intake.timeline.values import MeasureStatus, TimelineKind
from shared.domain import Aggregate, Moment


class Entry(Aggregate):
    """What has happened to a family, without a word about its people; never changed again.

    `by` is the specialist who did it, or the provider whose measure it is with its `status`; either
    finds it in a list of its own. `place` is its place in the commit that it is of.
    """

    family_id: str
    at: Moment
    kind: TimelineKind
    ref: str
    case_id: str | None = None
    by: str | None = None
    status: MeasureStatus | None = None
    place: int = 0

    @property
    def fact(self) -> str:
        """What distinguishes it from all else of its moment."""
        return "#".join(filter(None, (self.kind, self.ref, self.status)))

    def at_place(self, place: int) -> Self:
        """Return the entry in its place among those of one commit."""
        return self._with(place=place)
