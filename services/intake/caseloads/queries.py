"""What is read of hand-overs of caseloads."""

from services.intake.caseloads.policy import TRANSFER, load_authorised
from services.intake.caseloads.repository import LISTED, CaseloadTransfers
from services.intake.caseloads.values import TransferId
from services.intake.caseloads.views import TransferRow, TransferView
from services.intake.policy import POLICY
from shared.api.models import RegionQuery
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page


def list_transfers(
    query: RegionQuery, caller: Principal, transfers: CaseloadTransfers
) -> Page[TransferRow]:
    """List the hand-overs of caseloads of your region, the latest first."""
    partition = Partition.of_region(caller, query.region)
    return transfers.page(
        "by_region",
        POLICY.require_list(caller, "list_transfers", TRANSFER, partition),
        TransferRow.of_transfer,
        caller=caller,
        query=query,
        prefix=LISTED,
        newest_first=True,
    )


def get_transfer(
    transfer_id: TransferId, caller: Principal, transfers: CaseloadTransfers
) -> TransferView:
    """Read how far a hand-over is, and which cases did not go over and why."""
    return TransferView.of_transfer(load_authorised(transfer_id, "view", caller, transfers))
