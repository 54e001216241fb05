"""One entry of a family's timeline: when, of which kind, and the id of what it is about."""

from services.intake.timeline.values import MeasureStatus, TimelineKind
from shared.domain import Aggregate, Moment


class Entry(Aggregate):
    """What has happened to a family, without a word about its people; never changed again.

    `by` is the specialist who did it, or the provider whose measure it is with its `status`; either
    finds it in a list of its own.
    """

    family_id: str
    at: Moment
    kind: TimelineKind
    ref: str
    case_id: str | None = None
    by: str | None = None
    status: MeasureStatus | None = None
