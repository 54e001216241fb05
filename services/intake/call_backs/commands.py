"""What operators say about call-backs."""

from services.intake.call_backs.values import CallBackStatus, CallResult
from shared.api.models import Command, RegionQuery


class ListCallBacks(RegionQuery):
    """Which call-backs of a region to list."""

    status: CallBackStatus = CallBackStatus.OPEN


class RecordAttempt(Command):
    """What a call to the caller has led to."""

    result: CallResult
