"""What comes in about loans."""

from typing import Annotated

from services.lending.loans.values import CaseId
from shared.api.models import Command
from shared.domain import Day, RegionCode
from shared.reference.code_lists import Listed


class LendEquipment(Command):
    """A piece of equipment for a family, until the end of a day."""

    region: RegionCode
    case_id: CaseId
    item: Annotated[str, Listed("equipment")]
    due_on: Day
