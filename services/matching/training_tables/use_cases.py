"""What is done with a table of trainings: announce it, start the work."""

from services.matching.headquarters.policy import authority_of
from services.matching.policy import POLICY
from services.matching.training_tables.commands import OpenTrainingTable
from services.matching.training_tables.domain import TrainingTable
from services.matching.training_tables.policy import ACTION, load_authorised, resource
from services.matching.training_tables.repository import TrainingTables, files_of
from services.matching.training_tables.values import TableId
from shared import clock, ids
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.files import Files


def open_training_table(
    body: OpenTrainingTable, context: CommandContext, tables: TrainingTables
) -> Receipt:
    """Announce a table of trainings; the answer says where to put the file.

    Its first line names the columns, as platforms call them in Russian or so: `inn`, `course`,
    `completed_on`, `certificate_ref`.
    """
    regions.region(body.region)
    actor = context.actor
    table = TrainingTable(
        table_id=ids.new("trt"),
        region=body.region,
        sender=authority_of(actor),
        dry_run=body.dry_run,
        opened_at=clock.now(),
    )
    POLICY.require_create(actor, ACTION, resource(table))
    return tables.save(context, table)


def start_training_table(
    table_id: TableId, context: CommandContext, tables: TrainingTables, files: Files
) -> Receipt:
    """Begin with an uploaded table: check it, or record its trainings."""
    table = load_authorised(table_id, context.actor, tables)
    return tables.save(context, files_of(table, files).start(table))


def cancel_training_table(
    table_id: TableId, context: CommandContext, tables: TrainingTables
) -> Receipt:
    """Stop a table: trainings that are recorded stay, and the rest of its rows is not begun."""
    table = load_authorised(table_id, context.actor, tables)
    return tables.save(context, table.cancel(clock.now()))
