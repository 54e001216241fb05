"""One step of a table: a few rows, each in a transaction of its own, and their result lines."""

from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.policy import acting_on
from services.matching.preparation.use_cases import train
from services.matching.training_tables import table_words
from services.matching.training_tables.commands import TrainingRow
from services.matching.training_tables.domain import TrainingTable
from services.matching.training_tables.policy import ACTION
from services.matching.training_tables.repository import (
    RESULT,
    ROWS_FILE,
    file_of,
    folder_of,
    input_of,
)
from services.matching.training_tables.table_words import SHOWN, columns, words
from services.matching.training_tables.values import RowProblem, TableStatus
from shared import clock
from shared.errors import DomainError, Invalid, NotFound, Unavailable, VersionConflict
from shared.office_values import whole_number
from shared.privacy.vault import Vault
from shared.reference import code_lists, district_names
from shared.storage import idempotency, office_tables
from shared.storage.command_context import AlreadyProcessed, CommandContext, Receipt
from shared.storage.files import Files
from shared.storage.office_tables import Cells
from shared.storage.office_tables.lines import FileInParts

ROWS = 50
PIECE = 128 * 1024  # more than the longest row can have, with each of its cells at its longest
TRIES = 4
NUMBERS = ("inn", "certificate_ref")


class Recorded(NamedTuple):
    """The guardian of a row, and whether all of it had been recorded before."""

    guardian_id: str
    known: bool = False


def lay_out(table: TrainingTable, files: Files) -> TrainingTable:
    """Understand the file as a whole, once; what follows works on its rows."""
    content = files.read(input_of(table))
    if content is None:
        raise Invalid("table_gone")
    found = office_tables.lay_out(content, columns())
    if not found.records:
        raise Invalid("table_empty")
    files.write(file_of(table, ROWS_FILE), found.lines)
    return table.laid_out(found.titles, found.unread, len(found.lines), clock.now())


def work(
    table: TrainingTable, guardians: Guardians, vault: Vault, files: Files, correlation_id: str
) -> TrainingTable:
    """Do the next rows (or rehearse them) and write a result line for each."""
    piece = files.read(file_of(table, ROWS_FILE), table.offset, PIECE) or b""
    lines = [line for line in piece.splitlines(keepends=True)[:ROWS] if line.endswith(b"\n")]
    if not lines:
        raise Invalid("table_gone")
    results, problems, known, skipped = [], [], 0, 0
    for row in map(office_tables.row_of, lines):
        if row.cells is None:
            skipped += 1
            continue
        outcome = _outcome(table, row.number, row.cells, guardians, vault, correlation_id)
        if isinstance(outcome, RowProblem):
            problems.append(outcome)
        else:
            known += outcome.known
        results.append(_result_line(table, row.number, row.cells, outcome))
    parts_of(table, files).add(table.parts, results)
    advanced = table.advance(
        table.offset + sum(map(len, lines)),
        accepted=len(results) - len(problems) - known,
        known=known,
        skipped=skipped,
        problems=problems,
        at=clock.now(),
    )
    if advanced.status is TableStatus.DONE:
        finish(advanced, files)
    return advanced


def parts_of(table: TrainingTable, files: Files) -> FileInParts:
    """Return the result as it is written, a part at each step."""
    return FileInParts(files, folder_of(table))


def finish(table: TrainingTable, files: Files) -> None:
    """Write the result of all rows that were worked through."""
    parts_of(table, files).join(table.parts, words()["result"]["columns"], RESULT)


def _outcome(
    table: TrainingTable,
    line: int,
    cells: Cells,
    guardians: Guardians,
    vault: Vault,
    correlation_id: str,
) -> Recorded | RowProblem:
    """Return what a line gave, or would give, or why it was refused."""
    for _ in range(TRIES):
        context = CommandContext(
            actor=acting_on(table.sender),
            action=ACTION,
            correlation_id=correlation_id,
            once=idempotency.once(table.table_id, "training_table", str(line), ()),
        )
        try:
            return _record(cells, context, guardians, vault)
        except AlreadyProcessed as earlier:
            # This very line was done by a step whose end was lost.
            return Recorded(Receipt.model_validate_json(earlier.row["receipt"]["S"]).id)
        except ValidationError as error:
            return table_words.unreadable(line, cells, table.titles, error)
        except VersionConflict:
            continue
        except Unavailable:
            raise
        except DomainError as refused:
            field = refused.pointer.rpartition("/")[2] if isinstance(refused, Invalid) else ""
            return table_words.problem(
                line, cells, table.titles, field, refused.code, refused.facts
            )
    raise VersionConflict


def _record(cells: Cells, context: CommandContext, guardians: Guardians, vault: Vault) -> Recorded:
    office_tables.require_readable(cells)
    read = cells | {"course": _course(cells), "completed_on": _day(cells)}
    read |= {name: whole_number(cells[name], name) for name in NUMBERS if name in cells}
    read["inn"] = _with_first_zero(read.get("inn", ""))
    row = TrainingRow.model_validate(read)
    training = row.model_dump(exclude={"inn"})
    guardian_id = guardians.of_inn(vault.blind_index("inn", row.inn))
    try:
        found = load_authorised(guardian_id or "", ACTION, context.actor, guardians)
    except NotFound:  # that of another region is none for the sender
        raise Invalid("guardian_of_inn_unknown", "/inn") from None
    before = found.training
    if before is not None and before.says(training):
        return Recorded(found.guardian_id, known=True)
    train(found.guardian_id, training, context, guardians)
    return Recorded(found.guardian_id)


def _with_first_zero(inn: str) -> str:
    """Return an INN with the zero that a spreadsheet drops; its check digits say if there was one.

    Those of nine regions begin with it.
    """
    return f"0{inn}" if inn.isdecimal() and len(inn) in (9, 11) else inn


def _course(cells: Cells) -> str:
    """Return the code of a course that a platform calls by its code or by its name."""
    said = cells.get("course", "")
    labels = code_lists.labels("training_course").items()
    named = {district_names.spelling(label): code for code, label in labels}
    return named.get(district_names.spelling(said), said.casefold())


def _day(cells: Cells) -> str:
    try:
        return date.fromisoformat(cells.get("completed_on", "")).isoformat()
    except ValueError:
        raise Invalid("bad_day", "/completed_on") from None


def _result_line(
    table: TrainingTable, line: int, cells: Cells, outcome: Recorded | RowProblem
) -> list[str]:
    said, inn = words()["result"], cells.get("inn", "")[:SHOWN]
    if isinstance(outcome, RowProblem):
        where = [outcome.column or "", outcome.read or "", outcome.reason]
        return [str(line), inn, said["refused"], "", *where]
    done = said["would_record" if table.dry_run else "recorded"]
    done = said["known"] if outcome.known else done
    return [str(line), inn, done, outcome.guardian_id, "", "", ""]
