"""What goes out about candidates."""

from collections.abc import Iterator, Mapping
from typing import Self

from services.matching.ranking.values import Candidate, ScorePart, Unsuitable
from shared.api.models import View
from shared.domain import ValueObject
from shared.message_catalogue import Catalogue
from shared.reference import code_lists

CATALOGUE = Catalogue("services/matching/reasons.toml")
# Up to the 72 hours that the programme counts, a family waits for hours; longer, for days.
FROM_DAYS = 3


class Reason(ValueObject):
    """What one part of the score is worth, and why, in words."""

    part: ScorePart
    points: int
    text: str


class ExplainedCandidate(Candidate):
    """A candidate with a sentence for each part of its score, the weightiest first."""

    reasons: tuple[Reason, ...]

    @classmethod
    def of(cls, candidate: Candidate, needs: int) -> Self:
        """Return a candidate with its reasons; the family has so many open `needs`."""
        points = dict(candidate.points)
        reasons = tuple(
            Reason(part=part, points=points[part.value], text=CATALOGUE.field_text(*said))
            for part, said in zip(ScorePart, _said(candidate, needs), strict=True)
        )
        return cls(**dict(candidate), reasons=reasons)


def _said(each: Candidate, needs: int) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the sentence about each part of the score, and its facts."""
    yield "coverage", {"met": round(each.coverage * needs), "all": needs}
    yield _waited(each)
    way = {"nearness": code_lists.labels("district_nearness")[each.nearness], "km": each.km}
    yield "nearness_everywhere" if each.km is None else "nearness", way
    yield "load", {"load": each.load}
    mean = f"{each.feedback}".replace(".", ",")
    yield "feedback_unknown" if each.feedback is None else "feedback", {"mean": mean}
    yield "language" if each.speaks_language else "language_other", {}
    names = code_lists.labels("guardian_preference")
    liked = ", ".join(names[code].lower() for code in each.liked if code in names)
    yield "preferences" if liked else "preferences_none", {"liked": liked}


def _waited(each: Candidate) -> tuple[str, Mapping[str, object]]:
    """Return the sentence about the waiting: in hours while they are counted, then in days."""
    name = "waiting_urgent" if each.urgent else "waiting"
    days = each.waited_hours // 24
    return f"{name}_days" if days >= FROM_DAYS else name, {"hours": each.waited_hours, "days": days}


class CandidatesView(View):
    """The guardians within reach of a family: a page of those that suit, and why others do not.

    `first` leads the whole list and `standby` is next, without a place; `asked` is the judgement on
    the guardian that was asked for. Of the unsuitable ones up to 100 are shown; with
    `more_unsuitable` the list of all has pages of its own. `number` is what is read aloud of the
    family's case. Without the marker (`required`) there are none; while the family has an
    `open_match`, in whichever case, none of them can be proposed.
    """

    case_id: str
    number: str
    required: bool
    open_match: str | None
    rule_version: str
    candidates: tuple[ExplainedCandidate, ...]
    suitable_count: int
    first: str | None
    standby: str | None
    unsuitable: tuple[Unsuitable, ...]
    more_unsuitable: bool
    asked: ExplainedCandidate | Unsuitable | None
    next_cursor: str | None
