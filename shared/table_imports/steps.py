"""The steps of a table: started, laid out once, then some rows each, and its files on the way."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from shared import budget, clock
from shared.errors import DomainError, IllegalStep, Invalid, Unavailable, VersionConflict
from shared.storage import office_tables
from shared.storage.command_context import AlreadyProcessed, CommandContext, Receipt
from shared.storage.files import Files
from shared.storage.office_tables import Cells, Column
from shared.storage.office_tables.lines import FileInParts
from shared.table_imports.domain import ImportStatus, RowProblem, TableImport

ROWS = 50  # some seconds of work, well within a function's time
PIECE = 128 * 1024  # more than the longest row can have, with each of its cells at its longest
TRIES = 4

Table = TypeVar("Table", bound=TableImport)
Made = TypeVar("Made")


class NextRows(NamedTuple):
    """The rows of a step, how many lines between them are no records, and where they end."""

    records: list[tuple[int, Cells]]
    skipped: int
    offset: int


class Refusal(NamedTuple):
    """What is wrong with a row: the column it is about, the code and its facts."""

    field: str
    code: str
    facts: Mapping[str, object]


class TableFiles:
    """The files of one table, in a folder of its own.

    upload, input-<etag>, rows.jsonl, part-<n>.csv and bundle-<n>.csv are deleted when the work is
    over; result.csv names no person and is gone with the row.
    """

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._folder = folder
        self._parts = FileInParts(files, folder)
        self._upload = f"{folder}/upload"
        self._rows = f"{folder}/rows.jsonl"
        self.result = f"{folder}/result.csv"

    def upload_link(self, table: TableImport) -> str | None:
        """Return where to put the file; none once the work began."""
        waiting = table.status is ImportStatus.WAITING
        return self._files.upload_link(self._upload) if waiting else None

    def result_link(self, table: TableImport, name: str) -> str:
        """Return where to fetch the result, to be saved under that name; it goes after a month."""
        table.require_result()
        if self._files.find(self.result) is None:
            raise IllegalStep("table_result_gone")
        return self._files.download_link(self.result, name)

    def start(self, table: Table) -> Table:
        """Begin with what was uploaded, and keep exactly that."""
        table.require_waiting()
        found = self._files.find(self._upload)
        if found is None:
            raise IllegalStep("file_missing")
        if not found.size:
            raise IllegalStep("file_empty")
        started = table.start(found.size, found.etag, clock.now())
        self._files.freeze(self._upload, found.etag, self._input(started))
        return started

    def lay_out(self, table: Table, columns: Sequence[Column]) -> Table:
        """Understand the file as a whole, once; what follows works on its rows."""
        if table.status is ImportStatus.WAITING:
            raise Invalid("file_never_came")
        content = self._files.read(self._input(table))
        if content is None:
            raise Invalid("table_gone")
        found = office_tables.lay_out(content, columns)
        if not found.records:
            raise Invalid("table_empty")
        self._files.write(self._rows, found.lines)
        return table.laid_out(found.titles, found.unread, len(found.lines), clock.now())

    def next_rows(self, table: TableImport) -> NextRows:
        """Return the rows of the next step."""
        piece = self._files.read(self._rows, table.offset, PIECE) or b""
        lines = [line for line in piece.splitlines(keepends=True)[:ROWS] if line.endswith(b"\n")]
        if not lines:
            raise Invalid("table_gone")
        rows = [*map(office_tables.row_of, lines)]
        records = [(row.number, row.cells) for row in rows if row.cells is not None]
        return NextRows(records, len(rows) - len(records), table.offset + sum(map(len, lines)))

    def add(self, table: TableImport, results: Iterable[Sequence[str]]) -> None:
        """Write the result lines of a step, or the same ones again."""
        self._parts.add(table.parts, results)

    def finish(self, table: TableImport, columns: Sequence[str]) -> None:
        """Write the result of all rows that were worked through, where there are any."""
        if table.parts:
            self._parts.join(table.parts, columns, self.result.rpartition("/")[2])

    def clean(self, table: Table) -> Table:
        """Delete what may name people."""
        parts = self._parts.keys(table.parts)
        self._files.delete([self._upload, self._input(table), self._rows, *parts])
        return table.clean(clock.now())

    def _input(self, table: TableImport) -> str:
        return f"{self._folder}/input-{table.input}"


def attempt(
    cells: Cells,
    context: Callable[[], CommandContext],
    make: Callable[[CommandContext], Made],
    again: Callable[[Receipt], Made],
    refused: Callable[[ValidationError | DomainError], RowProblem],
) -> Made | RowProblem:
    """Return what a row gave, or would give, or why it was refused.

    `again` is asked when this very row was done by a step whose end was lost.
    """
    for _ in budget.tries(TRIES):
        try:
            office_tables.require_readable(cells)
            return make(context())
        except AlreadyProcessed as earlier:
            return again(Receipt.model_validate_json(earlier.row["receipt"]["S"]))
        except VersionConflict:
            continue
        except Unavailable:
            raise
        except (ValidationError, DomainError) as error:
            return refused(error)
    raise VersionConflict


def refusal_of(error: ValidationError | DomainError, fields: Collection[str]) -> Refusal:
    """Return what is wrong with a row: the refusal of its command, or its first wrong cell."""
    if isinstance(error, DomainError):
        field = error.pointer.rpartition("/")[2] if isinstance(error, Invalid) else ""
        return Refusal(field, error.code, error.facts)
    first = error.errors(include_url=False, include_input=False)[0]
    named = (str(part) for part in reversed(first["loc"]) if str(part) in fields)
    return Refusal(next(named, ""), first["type"], first.get("ctx", {}))
