"""The events of a request."""

from services.intake.families.domain import Family
from services.intake.requests.domain import Request
from shared.events.base import Event
from shared.events.intake import RequestEnded, RequestExtended, RequestJoined, RequestReceived
from shared.events.intake_families import AdditionWithdrawn


def of_arrival(request: Request, family: Family | None) -> Event:
    """Return the event of a request that came in; what its family is, when there is one."""
    return RequestReceived(
        region=request.region,
        programme=request.programme,
        request_id=request.request_id,
        case_id=request.case_id,
        family_id=request.family_id,
        channel=request.channel,
        district_id=request.district,
        initiated_by=request.initiated_by,
        purpose=request.purpose,
        confidentiality=request.confidentiality,
        groups=() if family is None else family.groups,
        urgent=request.urgent,
        repeats=request.joins,
        acknowledged=request.acknowledged,
        end_reason=request.end_reason,
    )


def of_end(request: Request) -> Event:
    """Return the event of a request that ended without a case."""
    return RequestEnded(
        region=request.region,
        programme=request.programme,
        request_id=request.request_id,
        family_id=request.family_id,
        reason=request.end_reason or "",
    )


def of_joining(request: Request, *, opened: bool) -> Event:
    """Return the event of a request that is now part of a case, which it opened or joined.

    Headquarters has not heard there of what was a question, or in the case of another family.
    """
    arrived_there = request.wants_case and request.left_case is None
    return RequestJoined(
        region=request.region,
        programme=request.programme,
        request_id=request.request_id,
        family_id=request.family_id,
        case_id=request.case_id or "",
        district_id=request.district,
        opened=opened,
        known=not opened and arrived_there,
        urgent=request.urgent,
    )


def of_extension(request: Request, *, urgent: bool) -> Event:
    """Return the event of a request in which more was said; `urgent` when that cannot wait."""
    return RequestExtended(
        region=request.region,
        programme=request.programme,
        request_id=request.request_id,
        family_id=request.family_id,
        case_id=request.case_id,
        district_id=request.district,
        urgent=urgent,
    )


def of_withdrawal(request: Request) -> Event:
    """Return the event of a request from which something was taken out that was added to it."""
    return AdditionWithdrawn(
        region=request.region,
        programme=request.programme,
        request_id=request.request_id,
        family_id=request.family_id,
        case_id=request.case_id,
        district_id=request.district,
    )
