"""What is asked about the hand-over of a caseload."""

from typing import Annotated

from services.intake.cases.commands import UserId
from shared.api.models import Command
from shared.domain import DistrictCode, RegionCode
from shared.reference.code_lists import Listed


class TransferCaseload(Command):
    """Whose open cases a colleague gets, and why: all of a region, or those of a district."""

    region: RegionCode
    district_id: DistrictCode | None = None
    taken_from: UserId
    taken_by: UserId
    reason: Annotated[str, Listed("case_takeover_reason")]
