"""A table on its way to cards or shops."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Self

from services.cards.imports.values import ImportedBy, TableOf
from shared.table_imports.domain import RowProblem, TableImport

# The codes end after 30 days, and so do the table and its result.
CODES_WAIT = timedelta(days=29)


class Batch(TableImport):
    """A table of holders or shops.

    Codes on paper that were not taken are no work any more from `codes_lapsed_at` on.
    """

    id: str
    clerk: ImportedBy
    kind: TableOf = TableOf.HOLDERS
    held: int = 0
    on_paper: int = 0
    codes_taken_at: datetime | None = None
    codes_lapsed_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the next step of the work is due; after it the end of codes that wait."""
        return super().due_at or self.codes_lapse_at

    @property
    def codes_lapse_at(self) -> datetime | None:
        """When codes on paper that were not taken are given up."""
        waits = self.has_codes_on_paper and not (self.codes_taken_at or self.codes_lapsed_at)
        return self.moved_at + CODES_WAIT if waits and self.moved_at else None

    @property
    def has_codes_on_paper(self) -> bool:
        """Whether it gave cards whose codes no phone gets."""
        return self.ended and not self.dry_run and self.on_paper > 0

    @property
    def lines_done(self) -> int:
        """Rows that were worked through, of whatever kind."""
        return self.accepted + self.held + self.refused + self.skipped

    def worked(
        self,
        offset: int,
        *,
        accepted: int,
        held: int,
        skipped: int,
        on_paper: int,
        problems: Sequence[RowProblem],
        at: datetime,
    ) -> Self:
        """Note that some more rows are done."""
        counted = self._with(held=self.held + held, on_paper=self.on_paper + on_paper)
        return counted.advance(offset, accepted=accepted, skipped=skipped, problems=problems, at=at)

    def take_codes(self, at: datetime) -> Self:
        """Note that the codes that go by no message were handed out."""
        return self._with(codes_taken_at=at)

    def lapse_codes(self, at: datetime) -> Self:
        """Note that the codes that go by no message were not taken in their time."""
        return self._with(codes_lapsed_at=at)
