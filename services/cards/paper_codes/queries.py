"""What a clerk reads of a list of codes."""

from services.cards.imports.repository import Batches
from services.cards.imports.values import BatchId
from services.cards.paper_codes.policy import load_own_batch
from services.cards.paper_codes.repository import PaperLists, codes_of
from services.cards.paper_codes.views import PaperCodesLink, PaperCodesView
from services.cards.taken_once import ListStatus
from shared import clock
from shared.principal import Principal
from shared.storage.command_context import Receipt
from shared.storage.files import Files


def get_codes(
    batch_id: BatchId, caller: Principal, batches: Batches, paper_lists: PaperLists
) -> PaperCodesView:
    """Show whether the list of codes can be taken."""
    load_own_batch(batch_id, caller, batches)
    return PaperCodesView.of(paper_lists.get(batch_id))


def taken_codes_view(
    receipt: Receipt, caller: Principal, paper_lists: PaperLists, files: Files
) -> PaperCodesLink:
    """Show the link to the call that took the list, and to its repeats while the file is there."""
    codes = paper_lists.get(receipt.id)
    there = codes.has_file(receipt.version, clock.now())
    return PaperCodesLink(
        id=receipt.id,
        version=receipt.version,
        status=ListStatus.TAKEN,
        download_url=files.download_link(codes_of(codes), f"{codes.id}.csv") if there else None,
    )
