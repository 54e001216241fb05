"""What an operator asks and writes down during a call; a phone travels in the body, in no URL."""

from typing import Annotated

from pydantic import Field

from services.intake.cases.commands import MAX_AT_ONCE, ChangedNeed, DroppedNeed, NewNeed
from services.intake.codes.values import Urgency
from services.intake.requests.commands import SpokenNumber
from services.intake.telephony.values import CallId
from shared.api.models import Command, Text
from shared.domain import DistrictCode, RegionCode
from shared.privacy.contact import NewContact, Phone
from shared.reference.code_lists import Listed


class FindCaller(Command):
    """The phone that calls, or the call that telephony has announced."""

    region: RegionCode | None = None
    phone: Phone | None = Field(default=None, repr=False)
    call_id: CallId | None = None


class FindRequests(Command):
    """The number that the caller reads aloud, or the phone that calls."""

    region: RegionCode | None = None
    number: SpokenNumber | None = None
    phone: Phone | None = Field(default=None, repr=False)


class AddToRequest(Command):
    """What the caller remembered after the request was registered."""

    needs: list[NewNeed] = Field(default=[], max_length=MAX_AT_ONCE)
    text: Text | None = None
    urgency: Urgency = Urgency.NORMAL


class WithdrawAddition(Command):
    """Why what was added to a request does not belong there."""

    reason: Annotated[str, Listed("addition_withdrawal_reason")]


class MendRequest(Command):
    """What the operator wrote down wrongly; what is left out stays."""

    change: list[ChangedNeed] = Field(default=[], max_length=MAX_AT_ONCE)
    drop: list[DroppedNeed] = Field(default=[], max_length=MAX_AT_ONCE)
    urgency: Urgency | None = None
    district_id: DistrictCode | None = None
    contact: NewContact | None = None
