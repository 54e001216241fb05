"""Which waiting families a guardian suited when it was last looked at."""

from collections.abc import Sequence
from typing import Self

from shared.domain import Aggregate


class Opening(Aggregate):
    """The waiting families that a guardian suits, as headquarters knows them."""

    opening_id: str
    guardian_id: str
    case_ids: tuple[str, ...] = ()

    @classmethod
    def of(cls, guardian_id: str) -> Self:
        """Return the opening of a guardian that was never looked at."""
        return cls(opening_id=opening_of(guardian_id), guardian_id=guardian_id)

    def begin(self) -> Self:
        """Forget which were known: the work about them has ended."""
        return self._with(case_ids=())

    def look(self, suited: Sequence[str], left: Sequence[str] = ()) -> tuple[Self, bool]:
        """Return it with the families that the guardian suits now, and whether some are new.

        One that it has just `left` is none.
        """
        return self._with(case_ids=tuple(suited)), not {*suited} <= {*self.case_ids, *left}


def opening_of(guardian_id: str) -> str:
    """Return the id of a guardian's opening."""
    return f"opn_{guardian_id.partition('_')[2]}"
