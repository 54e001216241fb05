"""One judgement for a list, a region and a proposal: what is suggested is never refused."""

from datetime import timedelta
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from services.matching.assignment.problem import unpacked
from services.matching.assignment.solver import solve
from services.matching.bonds.values import Refusal, Refusals, facts_of
from services.matching.decisions.domain import Decision
from services.matching.families.domain import Family
from services.matching.families.values import Profile
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import Feedback, GuardianStatus, Slot, Terms
from services.matching.ranking.domain import Pairing
from services.matching.ranking.region import Region
from services.matching.ranking.suggestions import Answer
from tests.matching import builders
from tests.matching.builders import GROUND, START, TODAY, holding, offers

NOW = START + timedelta(hours=50)
DISTRICTS = ("D01", "D02", "D05", "D09", "D12")
KINDS = ("food_aid", "animal_care", "repair_work")
CONDITIONS = ("animals_at_home", "no_lift")
# What makes a guardian unsuitable whatever the family is like.
UNLIKE: tuple[dict[str, Any], ...] = (
    {"status": GuardianStatus.PAUSED},
    {"status": GuardianStatus.ASSIGNED},
    {"region": "YY"},
    {"checks": ()},
)
POSSIBLE = st.fixed_dictionaries(
    {
        "district_ids": st.lists(st.sampled_from(DISTRICTS), max_size=3).map(tuple),
        "capacity_families": st.integers(1, 3),
        "places": st.sampled_from(((), holding("mat_1"))),
        "capabilities": st.sets(st.sampled_from(KINDS), min_size=1).map(
            lambda kinds: offers(*sorted(kinds))
        ),
        "feedback": st.sampled_from((Feedback(), Feedback(answers=3, points=14))),
        "terms": st.builds(
            Terms,
            preferences=st.sampled_from(((), ("close_by", "elderly"))),
            radius_km=st.sampled_from((None, None, 10, 40, 200)),
            schedule=st.sampled_from(((), (Slot(day="mon", part="morning"),))),
            exclusions=st.sets(st.sampled_from(CONDITIONS), max_size=1).map(tuple),
        ),
    }
)
GUARDIANS = st.fixed_dictionaries(
    {"unlike": st.sampled_from(({}, {}, {}, {}, *UNLIKE)), "possible": POSSIBLE}
)
FAMILIES = st.fixed_dictionaries(
    {
        "district": st.sampled_from(DISTRICTS),
        "kinds": st.sets(st.sampled_from(KINDS), min_size=1).map(sorted),
        "excluded": st.sets(st.integers(0, 4), max_size=1),
        "refused": st.sets(st.integers(0, 4), max_size=1),
        "profile": st.builds(
            Profile,
            urgent=st.booleans(),
            preferred_time=st.sampled_from((None, None, "morning", "evening")),
            home_conditions=st.sets(st.sampled_from(CONDITIONS), max_size=1).map(tuple),
        ),
    }
)


def family_of(place: int, each: dict[str, Any]) -> Family:
    excluded = tuple(f"gua_{number}" for number in sorted(each["excluded"]))
    name, kinds = f"cas_{place}", each["kinds"]
    return builders.family(
        name, each["district"], *kinds, excluded_here=excluded, profile=each["profile"]
    )


def refusals_of(family: Family, refused: set[int], guardians: list[Guardian]) -> Refusals:
    return Refusals(
        [
            Refusal(
                guardian_id=each.guardian_id,
                family_id=family.family_id,
                by="family",
                reason="other",
                at=START,
                facts=facts_of(family, each),
            )
            for number, each in enumerate(guardians)
            if number in refused
        ],
        NOW,
    )


@settings(max_examples=60)
@given(st.lists(FAMILIES, min_size=2, max_size=5), st.lists(GUARDIANS, min_size=3, max_size=5))
def test_a_region_suggests_what_each_list_has_and_each_proposal_takes(
    asked: list[dict[str, Any]], offered: list[dict[str, Any]]
) -> None:
    guardians = [
        builders.checked(f"gua_{number}", **each["unlike"], **each["possible"])
        for number, each in enumerate(offered)
    ]
    families = [family_of(place, each) for place, each in enumerate(asked)]
    refusals = {
        family.family_id: refusals_of(family, each["refused"], guardians)
        for family, each in zip(families, asked, strict=True)
    }
    region = Region(families, guardians, GROUND, TODAY, refusals)
    problem = region.problem(NOW)
    found = Answer(region, problem, solve(problem, 5.0)).suggestions(more_waiting=False)

    pairings = {
        family.case_id: Pairing(family, GROUND, TODAY, refusals[family.family_id], NOW)
        for family in families
    }
    listed = {
        case: {each.guardian_id for each in pairing.rank(guardians).candidates}
        for case, pairing in pairings.items()
    }
    numbers = iter(unpacked(problem.guardians))
    of_region = {
        family.case_id: {region.guardians[next(numbers)].guardian_id for _ in range(count)}
        for family, count in zip(region.families, problem.choices, strict=True)
    }
    event(f"{min(9, sum(map(len, listed.values())))} pairs")
    assert of_region == listed
    by_id = {each.guardian_id: each for each in guardians}
    for each in found.suggestions:
        facts, candidate = pairings[each.case_id].require_suitable(by_id[each.guardian_id])
        kept = Decision.of("mat_1", facts, candidate)
        read = Decision.model_validate_json(kept.model_dump_json())
        assert (read.intact, read.replay()) == (True, candidate), "a snapshot replays to the same"
        assert each.guardian_id in listed[each.case_id]
        assert {*each.uncovered} >= {*candidate.uncovered}
        assert each.standby_id is None or each.standby_id in listed[each.case_id]
