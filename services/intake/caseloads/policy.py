"""Hand-overs of caseloads as `policy.cedar` sees them: whose cases they are, and who leads."""

from services.intake.caseloads.domain import CaseloadTransfer
from services.intake.caseloads.repository import CaseloadTransfers
from services.intake.policy import POLICY
from shared.errors import Forbidden
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.reference import regions

TRANSFER = "CaseloadTransfer"
ACTION = "transfer_caseload"


def resource(transfer: CaseloadTransfer) -> Resource:
    """Return a hand-over as a resource of the policy."""
    return Resource(
        type=TRANSFER,
        id=transfer.transfer_id,
        region=transfer.region,
        more={
            "taken_from": transfer.taken_from,
            "people": (transfer.taken_from, transfer.taken_by),
            "lead": regions.region(transfer.region).lead,
        },
    )


def require_transfer(transfer: CaseloadTransfer, principal: Principal) -> None:
    """Pass who may hand these cases over; who may only do so with her own learns that."""
    about = resource(transfer)
    if POLICY.allows(principal, ACTION, about):
        return
    if POLICY.allows(principal, ACTION, resource(transfer._with(taken_from=principal.id))):
        raise Forbidden(ACTION, "caseload_of_others")
    POLICY.require_create(principal, ACTION, about)


def load_authorised(
    transfer_id: str, action: str, principal: Principal, transfers: CaseloadTransfers
) -> CaseloadTransfer:
    """Load a hand-over for a caller who may do this; a foreign one is as absent as none."""
    transfer = transfers.get(transfer_id)
    POLICY.require(principal, action, resource(transfer))
    return transfer
