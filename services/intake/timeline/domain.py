"""One entry of a family's timeline: when, of which kind, and the id of what it is about."""

from services.intake.timeline.values import TimelineKind
from shared.domain import Aggregate, Moment


class Entry(Aggregate):
    """What has happened to a family, without a word about its people; never changed again.

    `by` is the specialist who did it, and finds it in a list of one's own.
    """

    family_id: str
    at: Moment
    kind: TimelineKind
    ref: str
    case_id: str | None = None
    by: str | None = None
