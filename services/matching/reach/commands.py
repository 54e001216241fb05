"""What comes in about the register."""

from typing import Annotated

from services.matching.guardians.values import GuardianStatus
from shared.api.models import RegionQuery
from shared.domain import DistrictCode
from shared.reference.code_lists import Listed


class RegisterQuery(RegionQuery):
    """The register of a region, narrowed to what is looked for."""

    category: Annotated[str, Listed("guardian_categories", retired=True)] | None = None
    district_id: DistrictCode | None = None
    status: GuardianStatus | None = None
