"""The hard rules, in their order: a guardian is unsuitable by the first one that it fails."""

from collections.abc import Callable

from services.matching.guardians.values import AT_WORK, OUT, DayPart, GuardianStatus
from services.matching.ranking.judging.facts import Facts
from services.matching.ranking.values import Rule

# Raised with every change of the rules or of the order; what a rule looks at of a family belongs to
# `Standing.noticed`, too.
RULE_VERSION = "2026-12-1"
DAY_PARTS = frozenset(DayPart)


def _no_common_time(facts: Facts) -> bool:
    """Return whether the family has a time of day at which the guardian's people never come.

    Who has said nothing comes at any time; what a stage added to the times is not judged.
    """
    asked, offered = facts.family_time, facts.guardian_times
    return bool(offered) and asked in DAY_PARTS and asked not in offered


RULES: tuple[tuple[Rule, Callable[[Facts], bool]], ...] = (
    (Rule.OTHER_PROGRAMME, lambda facts: facts.guardian_programme is not facts.family_programme),
    (Rule.OTHER_REGION, lambda facts: facts.guardian_region != facts.family_region),
    (Rule.TAKES_NO_PART, lambda facts: facts.status in OUT),
    (Rule.PAUSED, lambda facts: facts.status is GuardianStatus.PAUSED),
    (Rule.NOT_READY, lambda facts: facts.status not in AT_WORK),
    (Rule.REQUIREMENT_EXPIRED, lambda facts: not facts.proved),
    (Rule.EXCLUDED_BY_CONFLICT, lambda facts: facts.excluded),
    (Rule.REFUSED_LATELY, lambda facts: facts.refused),
    (Rule.NO_FREE_CAPACITY, lambda facts: facts.free_capacity <= 0),
    (Rule.NO_NEEDED_CATEGORY, lambda facts: not facts.offers),
    (Rule.TOO_FAR, lambda facts: not any(offer.near for offer in facts.offers.values())),
    (Rule.HOME_CONDITIONS, lambda facts: bool(facts.hindrances)),
    (Rule.NO_COMMON_TIME, _no_common_time),
    (Rule.NO_ROOM_FOR_CATEGORY, lambda facts: not facts.covered),
)


def first_failed(facts: Facts) -> Rule | None:
    """Return the first rule that a guardian fails, or None when it may be proposed."""
    for rule, fails in RULES:
        if fails(facts):
            return rule
    return None
