"""What a clerk reads of a table of holders."""

from services.cards.imports.policy import load_authorised
from services.cards.imports.repository import RESULT, UPLOAD, Batches, file_of
from services.cards.imports.values import BatchId, BatchStatus
from services.cards.imports.views import BatchResult, BatchView, OpenedBatch
from shared.errors import IllegalStep
from shared.principal import Principal
from shared.storage.command_context import Receipt
from shared.storage.files import Files


def get_batch(batch_id: BatchId, caller: Principal, batches: Batches) -> BatchView:
    """Show how far a table is, and what is wrong with its lines."""
    return BatchView.of(load_authorised(batch_id, "issue_batch", caller, batches))


def get_batch_result(
    batch_id: BatchId, caller: Principal, batches: Batches, files: Files
) -> BatchResult:
    """Show where to fetch the result of a finished table."""
    batch = load_authorised(batch_id, "issue_batch", caller, batches)
    if not batch.has_result:
        raise IllegalStep("batch_not_done")
    name = file_of(batch, RESULT)
    return BatchResult(download_url=files.download_link(name, f"{batch.id}.csv"))


def opened_batch_view(
    receipt: Receipt, caller: Principal, batches: Batches, files: Files
) -> OpenedBatch:
    """Show where to put the file."""
    batch = batches.get(receipt.id)
    waiting = batch.status is BatchStatus.WAITING
    return OpenedBatch(
        id=batch.id,
        version=receipt.version,
        status=BatchStatus.WAITING,
        upload_url=files.upload_link(file_of(batch, UPLOAD)) if waiting else None,
    )
