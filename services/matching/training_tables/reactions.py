"""The job of a table of trainings: step after step until it is worked through."""

from services.matching.guardians.repository import Guardians
from services.matching.training_tables import table_step
from services.matching.training_tables.domain import TrainingTable
from services.matching.training_tables.repository import TrainingTables, files_of
from services.matching.training_tables.table_words import CATALOGUE, columns, words
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
    table = tables.get(table_id)
    if table.ended:
        _clean_up(table, context, tables, files)
        return
    its_files = files_of(table, files)
    try:
        if not table.titles:
            advanced = its_files.lay_out(table, columns())
        else:
            if table.dry_run:
                guardians = Guardians(Rehearsal(guardians.store, table_id))
            advanced = table_step.work(table, guardians, vault, its_files, context.correlation_id)
        if advanced.ended:
            its_files.finish(advanced, words()["result"]["columns"])
    except Invalid as unreadable:
        advanced = _failed(table, unreadable, files)
    tables.save(context, advanced)


def _failed(table: TrainingTable, why: Invalid, files: Files) -> TrainingTable:
    """End a table with a reason that its sender reads, and the result of the rows before it."""
    files_of(table, files).finish(table, words()["result"]["columns"])
    return table.fail(CATALOGUE.field_text(why.code, why.facts), clock.now())


def _clean_up(
    table: TrainingTable, context: CommandContext, tables: TrainingTables, files: Files
) -> None:
    """Delete what may name people, as soon as the work is over."""
    if table.clean_at is not None and table.clean_at <= clock.now():
        tables.save(context, files_of(table, files).clean(table))


def give_up_table(
    table_id: str, context: CommandContext, tables: TrainingTables, files: Files
) -> None:
    """End a table whose step never came to an end, with a reason that its sender reads."""
    table = tables.get(table_id)
    if not table.ended:
        tables.save(context, _failed(table, Invalid("table_given_up"), files))


JOBS = {"TRAINING_TABLE": Job(work_on_table, give_up=give_up_table)}
