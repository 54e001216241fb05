"""One step of a batch: a few rows, each in a transaction of its own, and their result lines."""

from collections.abc import Callable

from pydantic import ValidationError

from services.cards.imports import result_file
from services.cards.imports.domain import Batch
from services.cards.imports.kinds.table_kind import TableKind
from services.cards.imports.repository import ROWS_FILE, file_of, input_of
from services.cards.imports.values import HELD, BatchStatus, RowProblem
from shared import clock
from shared.errors import DomainError, Invalid, Unavailable, VersionConflict
from shared.principal import Principal
from shared.storage import idempotency, office_tables
from shared.storage.command_context import AlreadyProcessed, CommandContext, Receipt
from shared.storage.files import Files
from shared.storage.office_tables import Cells

ROWS = 50  # some seconds of work, well within a function's time
PIECE = 128 * 1024  # more than the longest row can have, with each of its cells at its longest
TRIES = 4
# What a row becomes: from the region, its cells and its context to the receipt of what it made.
Make = Callable[[str, Cells, CommandContext], Receipt]


def lay_out(batch: Batch, kind: TableKind, files: Files) -> Batch:
    """Understand the file as a whole, once; what follows works on its rows."""
    content = files.read(input_of(batch))
    if content is None:
        raise Invalid("table_gone")
    laid_out = office_tables.lay_out(content, kind.columns_in(batch.region))
    if not laid_out.records:
        raise Invalid("table_empty")
    files.write(file_of(batch, ROWS_FILE), laid_out.lines)
    return batch.laid_out(laid_out.titles, laid_out.unread, len(laid_out.lines), clock.now())


def work(batch: Batch, kind: TableKind, make: Make, correlation_id: str, files: Files) -> Batch:
    """Do the next rows (or rehearse them) and write a result line for each."""
    piece = files.read(file_of(batch, ROWS_FILE), batch.offset, PIECE) or b""
    lines = [line for line in piece.splitlines(keepends=True)[:ROWS] if line.endswith(b"\n")]
    if not lines:
        raise Invalid("table_gone")
    results, problems, skipped, on_paper, held = [], [], 0, 0, 0
    for row in map(office_tables.row_of, lines):
        if row.cells is None:
            skipped += 1
            continue
        cells = kind.filled(row.cells)
        outcome = _outcome(batch, kind, row.number, cells, make, correlation_id)
        if isinstance(outcome, RowProblem):
            problems.append(outcome)
        elif outcome.status == HELD:
            held += 1
        else:
            on_paper += kind.is_on_paper(cells)
        results.append(result_file.line_of(batch, kind, row.number, cells, outcome))
    result_file.parts_of(batch, files).add(batch.parts, results)
    advanced = batch.advanced(
        batch.offset + sum(map(len, lines)),
        accepted=len(results) - len(problems) - held,
        held=held,
        skipped=skipped,
        on_paper=on_paper,
        problems=problems,
        at=clock.now(),
    )
    if advanced.status is BatchStatus.DONE:
        result_file.finish(advanced, kind, files)
    return advanced


def _outcome(
    batch: Batch, kind: TableKind, line: int, cells: Cells, make: Make, correlation_id: str
) -> Receipt | RowProblem:
    """Return what a line gave, or would give, or why it was refused."""
    for _ in range(TRIES):
        context = CommandContext(
            actor=_clerk(batch),
            action=kind.action,
            correlation_id=correlation_id,
            once=idempotency.once(batch.id, "batch", str(line), ()),
        )
        try:
            office_tables.require_readable(cells)
            return make(batch.region, cells, context)
        except AlreadyProcessed as earlier:
            # This very line was done by a step whose end was lost.
            return Receipt.model_validate_json(earlier.row["receipt"]["S"])
        except ValidationError as error:
            return kind.unreadable(line, cells, batch.titles, error)
        except VersionConflict:
            continue
        except Unavailable:
            raise
        except DomainError as refused:
            return kind.refused(line, cells, batch.titles, refused)
    raise VersionConflict


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
