"""One step of a table: a few rows, each in a transaction of its own, and their result lines."""

from datetime import datetime
from functools import partial
from typing import NamedTuple

from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.headquarters.policy import acting_on
from services.matching.preparation.use_cases import train
from services.matching.training_tables import table_words
from services.matching.training_tables.commands import TrainingRow
from services.matching.training_tables.domain import TrainingTable
from services.matching.training_tables.policy import ACTION
from services.matching.training_tables.table_words import NUMBERS, shown, words
from shared import clock
from shared.errors import Invalid, NotFound
from shared.office_values import whole_number
from shared.privacy.vault import Vault
from shared.reference import code_lists, district_names, regions
from shared.storage import idempotency
from shared.storage.command_context import CommandContext
from shared.storage.office_tables import Cells
from shared.table_imports.domain import RowProblem
from shared.table_imports.steps import TableFiles, attempt


class Recorded(NamedTuple):
    """The guardian of a row, and whether all of it had been recorded before."""

    guardian_id: str
    known: bool = False


def work(
    table: TrainingTable, guardians: Guardians, vault: Vault, files: TableFiles, correlation_id: str
) -> TrainingTable:
    """Do the next rows (or rehearse them) and write a result line for each."""
    rows = files.next_rows(table)
    results, problems, known = [], [], 0
    for number, cells in rows.records:
        outcome = _outcome(table, number, cells, guardians, vault, correlation_id)
        if isinstance(outcome, RowProblem):
            problems.append(outcome)
        else:
            known += outcome.known
        results.append(_result_line(table, number, cells, outcome))
    files.add(table, results)
    return table.worked(
        rows.offset,
        accepted=len(results) - len(problems) - known,
        known=known,
        skipped=rows.skipped,
        problems=problems,
        at=clock.now(),
    )


def _outcome(
    table: TrainingTable,
    line: int,
    cells: Cells,
    guardians: Guardians,
    vault: Vault,
    correlation_id: str,
) -> Recorded | RowProblem:
    """Return what a line gave, or would give, or why it was refused."""
    return attempt(
        cells,
        partial(_context, table, line, correlation_id),
        partial(_record, table.region, cells, guardians=guardians, vault=vault),
        again=lambda receipt: Recorded(receipt.id),
        refused=partial(table_words.problem, line, cells, table.titles),
    )


def _context(table: TrainingTable, line: int, correlation_id: str) -> CommandContext:
    return CommandContext(
        actor=acting_on(table.sender),
        action=ACTION,
        correlation_id=correlation_id,
        once=idempotency.once(table.table_id, "training_table", str(line), ()),
    )


def _record(
    region: str, cells: Cells, context: CommandContext, guardians: Guardians, vault: Vault
) -> Recorded:
    if earlier := idempotency.done_before(context, guardians.store):
        return Recorded(earlier.id)
    read = cells | {"course": _course(cells), "completed_on": _day(region, cells)}
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


def _day(region: str, cells: Cells) -> str:
    """Return the day of a training; that of a moment with its zone is the region's."""
    try:
        moment = datetime.fromisoformat(cells.get("completed_on", ""))
        day = moment.date() if moment.tzinfo is None else regions.local_date(region, moment)
    except (ValueError, OverflowError):  # the latter: a day before the first or after the last
        raise Invalid("bad_day", "/completed_on") from None
    return day.isoformat()


def _result_line(
    table: TrainingTable, line: int, cells: Cells, outcome: Recorded | RowProblem
) -> list[str]:
    said, inn = words()["result"], cells.get("inn", "")
    if isinstance(outcome, RowProblem):
        where = [outcome.column or "", outcome.read or "", outcome.reason]
        return [str(line), shown("inn", inn), said["refused"], "", *where]
    done = said["would_record" if table.dry_run else "recorded"]
    done = said["known"] if outcome.known else done
    return [str(line), inn, done, outcome.guardian_id, "", "", ""]
