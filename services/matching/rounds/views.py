"""What a coordinator sees of a round of proposals."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from services.matching.assignment.problem import Method
from services.matching.codes import StepCode
from services.matching.ranking.suggestions import FairShare, Unsuited, WhyNot
from services.matching.ranking.values import Title
from services.matching.rounds.domain import Reasons, Round
from services.matching.rounds.values import PairStatus, PlannedPair, RoundStatus
from shared.api.models import View
from shared.domain import CodeOf
from shared.errors import Labels
from shared.message_catalogue import Catalogue

CATALOGUE = Catalogue("services/matching/problems.toml")


class RoundSummary(View):
    """How far a round is."""

    round_id: str
    region: str
    status: RoundStatus
    opened_at: datetime
    suggested: int
    left_out: int
    proposed: int
    refused: int
    more_waiting: bool
    failure: str | None
    version: int


class NamedPair(PlannedPair):
    """A pair with the names of its organisations, as they are now; a refusal in words too."""

    title: Title = None
    standby_title: Title = None
    reason: str | None = None


class RoundView(RoundSummary):
    """A round with each of its pairs, and how good and how far proven the whole is."""

    pairs: tuple[NamedPair, ...]
    without: tuple[str, ...]
    why_not: tuple[WhyNot, ...]
    unsuited: tuple[Unsuited, ...]
    fair_shares: tuple[FairShare, ...]
    value: int
    bound: int
    checked_bound: int
    gap: float
    method: Annotated[Method, CodeOf("assignment_method")] | None
    next_steps: tuple[StepCode, ...]


def round_view(found: Round, titles: Mapping[str, str | None], reasons: Reasons) -> RoundView:
    """Return a round with its pairs; `titles` are those of organisations by id."""
    pairs = (
        NamedPair(
            **dict(pair),
            reason=_reason(pair),
            title=titles.get(pair.guardian_id),
            standby_title=titles.get(pair.standby_id or ""),
        )
        for pair in found.pairs
    )
    whys = {"why_not": reasons.why_not, "unsuited": reasons.unsuited}
    return RoundView.of(found, pairs=tuple(pairs), **whys, **_counts(found))


def _reason(pair: PlannedPair) -> str | None:
    """Return why a pair was refused, in words."""
    if pair.code is None:
        return None
    facts = {"uncovered": Labels("aid_category", pair.uncovered)}
    return CATALOGUE.field_text(pair.code, facts)


def round_summary(found: Round) -> RoundSummary:
    """Return a round without its pairs."""
    return RoundSummary.of(found, **_counts(found))


def _counts(found: Round) -> dict[str, int]:
    return {status.value: found.count(status) for status in PairStatus}
