"""The job of a table of trainings: step after step until it is worked through."""

from services.matching.guardians.repository import Guardians
from services.matching.training_tables import table_step
from services.matching.training_tables.domain import TrainingTable
from services.matching.training_tables.repository import TrainingTables, working_files
from services.matching.training_tables.table_words import CATALOGUE
from services.matching.training_tables.values import TableStatus
from shared import clock
from shared.errors import Invalid
from shared.messaging.deadlines import Job
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext
from shared.storage.files import Files
from shared.storage.rehearsal import Rehearsal


def work_on_table(
    table_id: str,
    context: CommandContext,
    tables: TrainingTables,
    guardians: Guardians,
    vault: Vault,
    files: Files,
) -> None:
    """Work through the next rows; the commit hands the table back to the queue for more."""
    table = tables.find(table_id)
    if table is None:
        return
    if table.ended:
        _clean_up(table, context, tables, files)
        return
    try:
        if table.status is TableStatus.WAITING:
            raise Invalid("table_never_came")
        if not table.titles:
            advanced = table_step.lay_out(table, files)
        else:
            if table.dry_run:
                guardians = Guardians(Rehearsal(guardians.store, table_id))
            advanced = table_step.work(table, guardians, vault, files, context.correlation_id)
    except Invalid as unreadable:
        advanced = _failed(table, unreadable, files)
    tables.save(context, advanced)


def _failed(table: TrainingTable, why: Invalid, files: Files) -> TrainingTable:
    """End a table with a reason that its sender reads, and the result of the rows before it."""
    if table.parts:
        table_step.finish(table, files)
    return table.fail(CATALOGUE.field_text(why.code, why.facts), clock.now())


def _clean_up(
    table: TrainingTable, context: CommandContext, tables: TrainingTables, files: Files
) -> None:
    """Delete what may name people, as soon as the work is over."""
    if table.clean_at is not None and table.clean_at <= clock.now():
        parts = table_step.parts_of(table, files).keys(table.parts)
        files.delete([*working_files(table), *parts])
        tables.save(context, table.clean(clock.now()))


def give_up_table(
    table_id: str, context: CommandContext, tables: TrainingTables, files: Files
) -> None:
    """End a table whose step never came to an end, with a reason that its sender reads."""
    table = tables.find(table_id)
    if table is not None and not table.ended:
        tables.save(context, _failed(table, Invalid("table_given_up"), files))


JOBS = {"TRAINING_TABLE": Job(work_on_table, give_up=give_up_table)}
