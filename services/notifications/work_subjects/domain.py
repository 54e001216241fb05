"""What is open about one subject, and what ended work about it: events may come in any order."""

from collections.abc import Collection
from datetime import datetime
from typing import Self, TypeVar

from services.notifications.work_subjects.values import Mark
from shared.domain import Aggregate, ValueObject


class OpenItem(ValueObject):
    """A work item that waits; items of one kind and subject differ in their `detail`."""

    item_id: str
    kind: str
    role: str
    detail: str | None = None
    raised: Mark


class Place(ValueObject):
    """The district whose `role` does the work about a card that has moved at that mark."""

    role: str
    district_id: str
    mark: Mark

    def fits(self, item: OpenItem) -> bool:
        """Return whether the item is that role's and was raised before."""
        return self.role == item.role and self.mark.covers(item.raised)


class Ending(ValueObject):
    """Work of one kind was over at that mark; without a `detail` all of it was.

    With a `role` that role's alone: a person closes its own work, not that of others.
    """

    kind: str
    role: str | None = None
    detail: str | None = None
    mark: Mark
    by: str

    def ends(self, item: OpenItem) -> bool:
        """Return whether it ended that item: the same work, raised before."""
        same = self.kind == item.kind and self.detail in (None, item.detail)
        return same and self.role in (None, item.role) and self.mark.covers(item.raised)

    def is_like(self, other: Self) -> bool:
        """Return whether both end the same work."""
        return (self.kind, self.role, self.detail) == (other.kind, other.role, other.detail)


T = TypeVar("T", OpenItem, Ending)


class WorkSubject(Aggregate):
    """A case, match, guardian, card … that work is about.

    The row that raising and ending work both write: of two at once one sees the other. One item
    per kind, role and detail is open; endings stay, so that what is raised late is born done.
    Items that are `misplaced` are to be moved to its place still.
    """

    subject_id: str
    open: tuple[OpenItem, ...] = ()
    endings: tuple[Ending, ...] = ()
    place: Place | None = None
    misplaced: tuple[str, ...] = ()
    due_at: datetime | None = None

    def ending_of(self, item: OpenItem) -> Ending | None:
        """Return what ended that work, if anything has."""
        return next((each for each in self.endings if each.ends(item)), None)

    def arrival_of(self, kind: str, messages: Collection[str]) -> Ending | None:
        """Return what ended work about one message, which has arrived though it had failed."""
        about = (each for each in self.endings if each.kind == kind and each.detail in messages)
        return next(about, None)

    def like(self, item: OpenItem) -> OpenItem | None:
        """Return the open item that asks the same of the same role."""
        wanted = (item.kind, item.role, item.detail)
        return next((one for one in self.open if (one.kind, one.role, one.detail) == wanted), None)

    def opened(self, item: OpenItem) -> Self:
        """Note an item that waits; one like it waits no longer."""
        like = self.like(item)
        others = (each for each in self.open if each != like)
        return self._with(open=_in_order(*others, item))

    def closed(self, item_id: str, ending: Ending | None = None) -> Self:
        """Note that an item waits no longer, and by a person's word what was raised before it."""
        left = self._with(open=tuple(each for each in self.open if each.item_id != item_id))
        left = left.placed([item_id])
        return left if ending is None else left.noted(ending)

    def noted(self, ending: Ending) -> Self:
        """Note what ended work, unless something later is known to have done so."""
        known = next((one for one in self.endings if one.is_like(ending)), None)
        if known is not None and known.mark.covers(ending.mark):
            return self
        others = (each for each in self.endings if each != known)
        return self._with(endings=_in_order(*others, ending))

    def moved(self, place: Place) -> Self:
        """Note whose the work is from now on, unless it is known to have moved later."""
        if self.place is not None and self.place.mark.covers(place.mark):
            return self
        misplaced = tuple(one.item_id for one in self.open if place.fits(one))
        return self._with(place=place, misplaced=misplaced)

    def placed(self, items: Collection[str]) -> Self:
        """Note that items are where they belong."""
        return self._with(misplaced=tuple(one for one in self.misplaced if one not in items))

    def place_of(self, item: OpenItem) -> Place | None:
        """Return where the work of an item has moved to, if it has."""
        return self.place if self.place is not None and self.place.fits(item) else None

    @property
    def finished(self) -> tuple[tuple[OpenItem, Ending], ...]:
        """The open items that something has ended."""
        found = ((item, self.ending_of(item)) for item in self.open)
        return tuple((item, ending) for item, ending in found if ending is not None)

    def waiting_until(self, due_at: datetime | None) -> Self:
        """Note when the rest of what is finished is closed, or of what has moved."""
        return self._with(due_at=due_at)


def _in_order(*parts: T) -> tuple[T, ...]:
    """Return parts of a subject in an order that the events' has no influence on."""
    return tuple(sorted(parts, key=lambda part: (part.kind, part.detail or "", part.role or "")))
