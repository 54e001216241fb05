"""Which guardians suit a family, best first, and why each of the others does not.

What is judged of a pair is one plain value, `Facts`; the rules and the order know nothing else, so
a decision that keeps its facts can be judged again. A guardian is unsuitable by the first rule of
`RULES` that it fails. Suitable ones are ordered by coverage, then nearness (the same district
first), then load (less first), then what families said of them, language, preferences and id: the
list is the same for everybody who asks.
"""

from collections.abc import Iterable
from datetime import date, datetime

from services.matching.bonds.values import Refusals
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.ranking.judging.facts import (
    NO_REFUSALS,
    Facts,
    Seeker,
    Standing,
    facts_of,
    farthest,
    nearest_km,
)
from services.matching.ranking.judging.rules import RULE_VERSION, first_failed
from services.matching.ranking.judging.score import in_order, points_of
from services.matching.ranking.values import Candidate, Ranking, Rule, Unsuitable
from services.matching.reach.domain import Ground, Nearness
from shared.errors import IllegalStep


def judge(facts: Facts, without: Iterable[str] = ()) -> Candidate | Unsuitable:
    """Return the judgement on one guardian for one family; `without` is help it leaves out."""
    failed = first_failed(facts)
    if failed is not None:
        return Unsuitable(
            guardian_id=facts.guardian_id,
            rule=failed,
            km=nearest_km(facts) if failed is Rule.TOO_FAR else None,
            hindrances=facts.hindrances if failed is Rule.HOME_CONDITIONS else (),
        )
    covered = [kind for kind in facts.covered if kind not in {*without}]
    met, all_needs = sum(facts.needs[kind] for kind in covered), sum(facts.needs.values())
    way = farthest(facts, covered)
    return Candidate(
        guardian_id=facts.guardian_id,
        coverage=met / all_needs,
        covered=tuple(covered),
        uncovered=tuple(kind for kind in facts.needs if kind not in covered),
        same_district=way.nearness is Nearness.SAME_DISTRICT,
        nearness=way.nearness,
        km=way.km,
        free_capacity=facts.free_capacity,
        load=facts.load,
        points=points_of(facts, covered),
        urgent=facts.urgent,
        waited_hours=facts.waited_hours,
        feedback=facts.feedback,
        speaks_language=facts.family_language in facts.guardian_languages,
        liked=facts.liked,
    )


class Pairing:
    """A family with all that its guardians are judged by: districts, the day, and refusals."""

    def __init__(
        self,
        family: Family,
        ground: Ground,
        on: date,
        refusals: Refusals = NO_REFUSALS,
        now: datetime | None = None,
    ) -> None:
        self.family = family
        self._seeker = Seeker(family, refusals, now)
        self._ground = ground
        self._on = on
        self.refusals = refusals

    def facts(self, guardian: Guardian) -> Facts:
        """Return what is judged of a guardian."""
        return facts_of(self._seeker, Standing(guardian, self._on), self._ground)

    def judged(self, guardian: Guardian) -> Candidate | Unsuitable:
        """Return the judgement on a guardian, named, with the pair's last refusal."""
        here = guardian.region == self.family.region
        return judge(self.facts(guardian))._with(
            title=guardian.title if here else None,
            last_refusal=self.refusals.last(guardian),
        )

    def require_suitable(self, guardian: Guardian) -> tuple[Facts, Candidate]:
        """Return what was judged and the judgement; refuse a guardian that fails a rule."""
        facts = self.facts(guardian)
        judged = judge(facts)
        if isinstance(judged, Unsuitable):
            raise IllegalStep(f"candidate_{judged.rule}", ("view_candidates",))
        return facts, judged

    def rank(self, guardians: Iterable[Guardian]) -> Ranking:
        """Return every guardian, either ranked or with the rule that excludes it."""
        by_id = sorted(guardians, key=lambda each: each.guardian_id)
        judged = [self.judged(each) for each in by_id]
        suitable = [each for each in judged if isinstance(each, Candidate)]
        return Ranking(
            case_id=self.family.case_id,
            rule_version=RULE_VERSION,
            candidates=tuple(sorted(suitable, key=in_order)),
            unsuitable=tuple(each for each in judged if isinstance(each, Unsuitable)),
        )
