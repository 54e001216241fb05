"""What is read of tables of trainings."""

from services.matching.policy import POLICY
from services.matching.training_tables.policy import ACTION, load_authorised
from services.matching.training_tables.repository import PLACE, TrainingTables, files_of
from services.matching.training_tables.values import TableId
from services.matching.training_tables.views import (
    OpenedTrainingTable,
    TrainingTableResult,
    TrainingTableView,
)
from shared.api.models import RegionQuery
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.command_context import Receipt
from shared.storage.files import Files
from shared.storage.repository import Page
from shared.table_imports.domain import ImportStatus


def list_training_tables(
    query: RegionQuery, caller: Principal, tables: TrainingTables
) -> Page[TrainingTableView]:
    """List the tables of a region, newest first."""
    partition = POLICY.require_list(
        caller, ACTION, "Guardian", Partition.of_region(caller, query.region)
    )
    return tables.page(
        "by_region",
        partition,
        TrainingTableView.of,
        caller=caller,
        query=query,
        prefix=PLACE,
        newest_first=True,
    )


def view_training_table(
    table_id: TableId, caller: Principal, tables: TrainingTables
) -> TrainingTableView:
    """Show how far a table is, and what is wrong with its lines."""
    return TrainingTableView.of(load_authorised(table_id, caller, tables))


def view_training_result(
    table_id: TableId, caller: Principal, tables: TrainingTables, files: Files
) -> TrainingTableResult:
    """Show where to fetch the result of a finished table."""
    table = load_authorised(table_id, caller, tables)
    link = files_of(table, files).result_link(table, f"{table_id}.csv")
    return TrainingTableResult(download_url=link)


def opened_table_view(
    receipt: Receipt, caller: Principal, tables: TrainingTables, files: Files
) -> OpenedTrainingTable:
    """Show where to put the file."""
    table = tables.get(receipt.id)
    return OpenedTrainingTable(
        id=table.table_id,
        version=receipt.version,
        status=ImportStatus.WAITING,
        upload_url=files_of(table, files).upload_link(table),
    )
