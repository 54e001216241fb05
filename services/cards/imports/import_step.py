"""One step of a batch: a few rows, each in a transaction of its own, and their result lines."""

from collections.abc import Callable
from functools import partial

from services.cards.imports import result_file
from services.cards.imports.domain import Batch
from services.cards.imports.kinds.table_kind import TableKind
from services.cards.imports.values import HELD
from shared import clock
from shared.principal import Principal
from shared.storage import idempotency
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.office_tables import Cells
from shared.table_imports.domain import RowProblem
from shared.table_imports.steps import TableFiles, attempt

# What a row becomes: from the region, its cells and its context to the receipt of what it made.
Make = Callable[[str, Cells, CommandContext], Receipt]


def work(
    batch: Batch, kind: TableKind, make: Make, correlation_id: str, files: TableFiles
) -> Batch:
    """Do the next rows (or rehearse them) and write a result line for each."""
    rows = files.next_rows(batch)
    results, problems, on_paper, held = [], [], 0, 0
    for number, read in rows.records:
        cells = kind.filled(read)
        outcome = _outcome(batch, kind, number, cells, make, correlation_id)
        if isinstance(outcome, RowProblem):
            problems.append(outcome)
        elif outcome.status == HELD:
            held += 1
        else:
            on_paper += kind.is_on_paper(cells)
        results.append(result_file.line_of(batch, kind, number, cells, outcome))
    files.add(batch, results)
    return batch.worked(
        rows.offset,
        accepted=len(results) - len(problems) - held,
        held=held,
        skipped=rows.skipped,
        on_paper=on_paper,
        problems=problems,
        at=clock.now(),
    )


def _outcome(
    batch: Batch, kind: TableKind, line: int, cells: Cells, make: Make, correlation_id: str
) -> Receipt | RowProblem:
    """Return what a line gave, or would give, or why it was refused."""
    return attempt(
        cells,
        partial(_context, batch, kind, line, correlation_id),
        partial(make, batch.region, cells),
        again=lambda receipt: receipt,
        refused=partial(kind.problem, line, cells, batch.titles),
    )


def _context(batch: Batch, kind: TableKind, line: int, correlation_id: str) -> CommandContext:
    return CommandContext(
        actor=_clerk(batch),
        action=kind.action,
        correlation_id=correlation_id,
        once=idempotency.once(batch.id, "batch", str(line), ()),
    )


def _clerk(batch: Batch) -> Principal:
    clerk = batch.clerk
    return Principal(
        id=clerk.id,
        kind="person",
        role=clerk.role,
        roles=(clerk.role,),
        regions=clerk.regions,
        districts=clerk.districts,
        org=clerk.org,
    )
