"""What the headquarters sees of a mediation."""

from datetime import datetime
from typing import Annotated

from services.matching.codes import StepCode
from services.matching.mediation.values import MediationStatus
from shared.api.models import View
from shared.domain import CodeOf


class ConcernView(View):
    """A concern with its words, which are gone once the family is forgotten."""

    concern: Annotated[str, CodeOf("mediation_concern")]
    by: Annotated[str, CodeOf("match_side", "acting_role")]
    at: datetime
    note: str | None


class MediationResultView(View):
    """A result with its words."""

    result: Annotated[str, CodeOf("mediation_result")]
    by: Annotated[str, CodeOf("acting_role")] | str
    at: datetime
    note: str | None


class MediationView(View):
    """The concerns about one match and what came of them, the latest last.

    Of so many `raised` the latest twenty of each side are kept.
    """

    match_id: str
    status: MediationStatus
    opened_at: datetime | None
    raised: int
    concerns: list[ConcernView]
    results: list[MediationResultView]
    next_steps: tuple[StepCode, ...]
    version: int
