"""What a clerk reads of a table of holders."""

from services.cards.imports.commands import BatchesQuery
from services.cards.imports.policy import load_authorised
from services.cards.imports.repository import PLACE, Batches, district_key, files_of
from services.cards.imports.values import BatchId
from services.cards.imports.views import BatchResult, BatchView, OpenedBatch
from services.cards.policy import POLICY
from shared.identity.partitions import Partition, whole_own_list
from shared.principal import Principal
from shared.reference import regions
from shared.storage.command_context import Receipt
from shared.storage.files import Files
from shared.storage.repository import Page
from shared.storage.rows import Index
from shared.table_imports.domain import ImportStatus


def get_batch(batch_id: BatchId, caller: Principal, batches: Batches) -> BatchView:
    """Show how far a table is, and what is wrong with its lines."""
    return BatchView.of(load_authorised(batch_id, caller, batches))


def list_batches(query: BatchesQuery, caller: Principal, batches: Batches) -> Page[BatchView]:
    """List the tables of the caller's region, district or organisation, newest first."""
    if caller.role == "partner_manager":
        whole_own_list(query.region, district_id=query.district_id)
        key = POLICY.require_list(caller, "list_batches", "Partner", Partition.of_org(caller))
        return _page("by_owner", key, query, caller, batches)
    if query.region and query.district_id:
        regions.check_district(query.region, query.district_id, "district_id")
    if caller.districts or query.district_id:
        partition = Partition.of_district(caller, query.district_id, query.region)
    else:
        partition = Partition.of_region(caller, query.region)
    key = POLICY.require_list(caller, "list_batches", "Card", partition)
    if partition.region and partition.district:
        key = district_key(partition.region, partition.district)
    return _page("by_ref" if partition.district else "by_region", key, query, caller, batches)


def _page(
    index: Index, key: str, query: BatchesQuery, caller: Principal, batches: Batches
) -> Page[BatchView]:
    return batches.page(
        index,
        key,
        BatchView.of,
        caller=caller,
        query=query,
        prefix=PLACE,
        newest_first=True,
    )


def get_batch_result(
    batch_id: BatchId, caller: Principal, batches: Batches, files: Files
) -> BatchResult:
    """Show where to fetch the result of a finished table."""
    batch = load_authorised(batch_id, caller, batches)
    link = files_of(batch, files).result_link(batch, f"{batch.id}.csv")
    return BatchResult(download_url=link)


def opened_batch_view(
    receipt: Receipt, caller: Principal, batches: Batches, files: Files
) -> OpenedBatch:
    """Show where to put the file."""
    batch = batches.get(receipt.id)
    return OpenedBatch(
        id=batch.id,
        version=receipt.version,
        status=ImportStatus.WAITING,
        upload_url=files_of(batch, files).upload_link(batch),
    )
