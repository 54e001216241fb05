"""The event by which the colleague hears of a whole caseload, once."""

from services.intake.caseloads.domain import CaseloadTransfer
from shared.events.base import Event
from shared.events.intake_caseloads import CaseloadTransferred


def of_end(transfer: CaseloadTransfer) -> list[Event]:
    """Return the event that all cases had their turn."""
    ended = CaseloadTransferred(
        region=transfer.region,
        transfer_id=transfer.transfer_id,
        moved=transfer.moved,
        left=transfer.left,
        more=transfer.more,
        taken_by=transfer.taken_by,
        by_receiver=transfer.opened_by == transfer.taken_by,
    )
    return [] if transfer.ended_at is None else [ended]
