"""What an operator leaves for the next shift."""

from services.intake.codes.values import Urgency
from services.intake.hand_overs.values import HandOverStatus
from services.intake.requests.values import RequestId
from shared.api.models import Command, RegionQuery, Text


class LeaveNote(Command):
    """What is still to be done about a request, in the operator's own words."""

    request_id: RequestId
    text: Text
    urgency: Urgency = Urgency.NORMAL


class ListNotes(RegionQuery):
    """Which notes of a region to list."""

    status: HandOverStatus = HandOverStatus.OPEN
