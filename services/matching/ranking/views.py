"""What goes out about candidates."""

from services.matching.ranking.values import Candidate, Unsuitable
from shared.api.models import View


class CandidatesView(View):
    """The guardians within reach of a family: a page of those that suit, and why others do not.

    `first` leads the whole list and `standby` is next, without a place; `asked` is the judgement on
    the guardian that was asked for. Of the unsuitable ones up to 100 are shown, and
    any guardian can be asked for.
    """

    case_id: str
    rule_version: str
    candidates: tuple[Candidate, ...]
    suitable_count: int
    first: str | None
    standby: str | None
    unsuitable: tuple[Unsuitable, ...]
    asked: Candidate | Unsuitable | None
    next_cursor: str | None
