"""What headquarters sees of the decision behind a proposal."""

from services.matching.codes import OverrideReason
from services.matching.decisions.domain import Decision
from services.matching.ranking.judging.facts import Facts
from services.matching.ranking.judging.rules import RULE_VERSION
from services.matching.ranking.values import Candidate, Unsuitable
from shared.api.models import View


class DecisionView(View):
    """The facts that were judged, the judgement then, and that by the rules of today.

    `same` is true when both judgements are the same; `intact`, when the facts are unchanged.
    """

    match_id: str
    rule_version: str
    facts: Facts
    facts_hash: str
    judged: Candidate
    override_reason: OverrideReason | None
    standby_id: str | None
    rule_version_today: str
    judged_today: Candidate | Unsuitable
    same: bool
    intact: bool


def decision_view(decision: Decision) -> DecisionView:
    """Return the snapshot with the judgement of today on the same facts."""
    today = decision.replay()
    return DecisionView.of(
        decision,
        rule_version_today=RULE_VERSION,
        judged_today=today,
        same=today == decision.judged,
    )
