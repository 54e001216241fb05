"""Which waiting families a guardian suited when it was last looked at."""

from collections.abc import Iterable, Sequence
from typing import Self

from shared.domain import Aggregate


class Opening(Aggregate):
    """The waiting families that a guardian suits, as headquarters knows them.

    With `more_waiting` not all that wait were looked at. `proposed` are the matches that the
    guardian had when the work about the families began.
    """

    opening_id: str
    guardian_id: str
    region: str | None = None
    case_ids: tuple[str, ...] = ()
    more_waiting: bool = False
    proposed: tuple[str, ...] = ()

    @classmethod
    def of(cls, guardian_id: str) -> Self:
        """Return the opening of a guardian that was never looked at."""
        return cls(opening_id=opening_of(guardian_id), guardian_id=guardian_id)

    def begin(self, proposed: Iterable[str]) -> Self:
        """Forget which were known: the work about them has ended."""
        return self._with(case_ids=(), proposed=tuple(proposed))

    def look(
        self, region: str, suited: Sequence[str], more_waiting: bool, left: Sequence[str] = ()
    ) -> tuple[Self, bool]:
        """Return it with the families that the guardian suits now, and whether some are new.

        One that it has just `left` is none.
        """
        after = self._with(region=region, case_ids=tuple(suited), more_waiting=more_waiting)
        return after, not {*suited} <= {*self.case_ids, *left}

    def leave_out(self, case_id: str) -> Self:
        """Forget a family that waits no more."""
        return self._with(case_ids=tuple(each for each in self.case_ids if each != case_id))

    @property
    def is_over(self) -> bool:
        """Whether none of the families waits any more."""
        return not self.case_ids and not self.more_waiting


def opening_of(guardian_id: str) -> str:
    """Return the id of a guardian's opening."""
    return f"opn_{guardian_id.partition('_')[2]}"
