"""What is shown of a family's timeline."""

from datetime import datetime

from services.intake.codes.fields import StepDetail
from services.intake.timeline.values import MeasureStatus, TimelineKind
from shared.api.models import View


class EntryView(View):
    """One entry: the id of what it is about opens the rest to those who may see it."""

    at: datetime
    kind: TimelineKind
    ref: StepDetail
    case_id: str | None
    status: MeasureStatus | None
