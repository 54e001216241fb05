"""What is asked about the hand-over of a caseload."""

from typing import Annotated

from pydantic import Field

from services.intake.caseloads.domain import MOST_CASES
from services.intake.cases.values import CaseId
from shared.api.models import Command
from shared.domain import DistrictCode, RegionCode, UserId
from shared.reference.code_lists import Listed


class TransferCaseload(Command):
    """Whose open cases a colleague gets, and why: all of a region, of a district, or the named."""

    region: RegionCode
    district_id: DistrictCode | None = None
    taken_from: UserId
    taken_by: UserId
    case_ids: list[CaseId] | None = Field(default=None, min_length=1, max_length=MOST_CASES)
    reason: Annotated[str, Listed("case_takeover_reason")]
