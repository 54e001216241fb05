"""A refusal is remembered: the pair rests for 90 days unless its facts change."""

from datetime import timedelta
from typing import Any

import pytest

from services.matching.bonds.domain import MOST_REFUSALS, FamilyBond
from services.matching.bonds.values import REST, Refusal, Refusals, facts_of
from services.matching.families.domain import Family
from services.matching.families.values import Profile
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import Slot, Terms
from services.matching.ranking.domain import Pairing
from services.matching.ranking.values import Candidate, Rule, Unsuitable
from tests.matching import builders
from tests.matching.api_client import HQ, MatchingClient, family_of, rep
from tests.matching.bonds.test_api import propose, waiting
from tests.matching.builders import GROUND, START, TODAY

FAMILY = builders.family("cas_1", "D01", "household_help")
GUARDIAN = builders.checked("gua_1", capacity_families=3)


def refused(at: Any = START, **changes: Any) -> FamilyBond:
    """The guardian has refused this family."""
    refusal = Refusal(
        guardian_id="gua_1",
        family_id="fam_1",
        by="guardian",
        reason="too_far",
        at=at,
        facts=facts_of(FAMILY, GUARDIAN),
    )
    return FamilyBond(family_id="fam_1", region="ZR").refuse(refusal.model_copy(update=changes))


def test_a_family_s_row_keeps_the_last_refusals_alone() -> None:
    bond = refused()
    (refusal,) = bond.refusals
    for number in range(2, MOST_REFUSALS + 2):
        bond = bond.refuse(refusal.model_copy(update={"guardian_id": f"gua_{number}"}))

    assert len(bond.refusals) == MOST_REFUSALS
    assert [bond.refusals[place].guardian_id for place in (0, -1)] == ["gua_2", "gua_41"]


def judge(family: Family, guardian: Guardian, refusals: Refusals) -> Candidate | Unsuitable:
    """The judgement on the ground of the demo region."""
    return Pairing(family, GROUND, TODAY, refusals).judged(guardian)


def test_a_refused_pair_rests_for_90_days_to_the_second() -> None:
    rests = refused().refusals_at(START + REST - timedelta(seconds=1))
    over = refused().refusals_at(START + REST)

    said = judge(FAMILY, GUARDIAN, rests)
    assert isinstance(said, Unsuitable) and said.rule is Rule.REFUSED_LATELY
    assert isinstance(judge(FAMILY, GUARDIAN, over), Candidate)
    assert isinstance(judge(FAMILY, builders.checked("gua_2"), rests), Candidate)


@pytest.mark.parametrize(
    ("family", "guardian"),
    [
        ({"district": "D02"}, {}),
        ({"needs": builders.family("cas_1", "D01", "household_help", "food_aid").needs}, {}),
        ({}, {"district_ids": ("D01", "D02")}),
        ({}, {"capacity_families": 4}),
        ({"profile": Profile(preferred_time="morning")}, {}),
        ({"profile": Profile(home_conditions=("no_lift",))}, {}),
        ({}, {"terms": Terms(radius_km=50)}),
        ({}, {"terms": Terms(schedule=(Slot(day="mon", part="evening"),))}),
        ({}, {"terms": Terms(exclusions=("night_hours",))}),
    ],
)
def test_a_pair_may_be_tried_again_when_its_facts_have_changed(
    family: dict[str, Any], guardian: dict[str, Any]
) -> None:
    rests = refused().refusals_at(START + timedelta(days=1))
    changed = FAMILY.model_copy(update=family), GUARDIAN.model_copy(update=guardian)

    said = judge(*changed, rests)

    assert isinstance(said, Candidate)
    assert said.last_refusal is not None and said.last_refusal.reason == "too_far"


@pytest.mark.parametrize(
    "same",
    [
        {"capabilities": builders.offers("food_aid", "household_help")},
        {"capabilities": builders.offers("household_help", district_ids=("D01",))},
        {"district_ids": ("D01", "D01")},
        {"capacity_families": 2},
        {"capabilities": builders.offers("household_help", max_families=9)},
        {"capabilities": builders.offers("household_help", max_families=1)},
        {"terms": Terms(languages=("en", "ru"))},
    ],
)
def test_the_same_said_in_another_way_and_help_that_is_not_needed_change_no_facts(
    same: dict[str, Any],
) -> None:
    rests = refused().refusals_at(START + timedelta(days=1))

    assert isinstance(judge(FAMILY, GUARDIAN.model_copy(update=same), rests), Unsuitable)


def test_more_room_for_the_kind_of_help_that_is_needed_is_a_changed_fact() -> None:
    few = GUARDIAN.model_copy(
        update={"capabilities": builders.offers("household_help", max_families=1)}
    )
    rests = refused(facts=facts_of(FAMILY, few)).refusals_at(START + timedelta(days=1))

    assert isinstance(judge(FAMILY, few, rests), Unsuitable)
    assert isinstance(judge(FAMILY, GUARDIAN, rests), Candidate)


def test_neither_another_family_nor_an_older_refusal_changes_what_was_refused() -> None:
    other = {"places": builders.holding("mat_9"), "terms": Terms(preferences=("elderly",))}
    busy = GUARDIAN.model_copy(update=other)
    again = refused(START - REST).refuse(refused().refusals[0])

    assert len(again.refusals) == 1
    assert isinstance(judge(FAMILY, busy, again.refusals_at(START)), Unsuitable)


def test_a_refusal_holds_for_the_family_is_shown_and_ends_with_the_facts(
    client: MatchingClient,
) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.proposed(case, guardian)
    client.do(rep(guardian), f"/matches/{match}/decline", {"reason": "too_far"})
    other = waiting(client, family_of(case))

    for asked in (case, other):
        again = propose(client, asked, guardian)
        assert (again.status, again.code) == (409, "candidate_refused_lately")
        (shown,) = client.get(HQ, f"/families/{asked}/candidates")["unsuitable"]
        assert shown["rule"] == "refused_lately"
        assert (shown["last_refusal"]["by"], shown["last_refusal"]["reason"]) == (
            "guardian",
            "too_far",
        )
    assert client.get(HQ, "/regions/ZR/suggestions")["without"] == [case], "a family is asked once"

    view = client.get(HQ, f"/guardians/{guardian}")
    possibilities = {"capabilities": [{"category": "household_help"}], "capacity_families": 5}
    answer = client.api(rep(guardian)).put(
        f"/guardians/{guardian}/possibilities",
        possibilities | {"district_ids": ["D01"]},
        if_match=view["version"],
    )
    assert answer.status == 200
    (candidate,) = client.get(HQ, f"/families/{case}/candidates")["candidates"]
    assert candidate["last_refusal"]["reason"] == "too_far"
    assert propose(client, case, guardian).status == 201
