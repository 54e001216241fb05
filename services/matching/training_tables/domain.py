"""A table on its way to trainings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from services.matching.headquarters.values import Authority
from shared.table_imports.domain import RowProblem, TableImport


class TrainingTable(TableImport):
    """A table of trainings; rows that are `known` say what was recorded before."""

    table_id: str
    sender: Authority
    known: int = 0

    def worked(
        self,
        offset: int,
        *,
        accepted: int,
        known: int,
        skipped: int,
        problems: Sequence[RowProblem],
        at: datetime,
    ) -> Self:
        """Note that some more rows are done."""
        counted = self._with(known=self.known + known)
        return counted.advance(offset, accepted=accepted, skipped=skipped, problems=problems, at=at)
