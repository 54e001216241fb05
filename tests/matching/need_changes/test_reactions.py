"""A family changes what it needs while a guardian is there for it."""

from datetime import timedelta
from typing import Any

import pytest

from services.matching.families.values import FamilyNeed
from services.matching.matches.values import Need
from services.matching.need_changes.domain import follow_needs, settle_needs
from shared.events.intake import CareDetailsChanged, CareRequirementLifted, NeedsChanged
from tests.matching import builders
from tests.matching.api_client import HQ, MatchingClient, draft, needs, of_case, rep
from tests.matching.builders import START


def test_the_match_follows_the_needs_and_remembers_what_its_guardian_does_not_do() -> None:
    match = builders.match(START, "household_help", uncovered=("repair_work",))
    wanted = FamilyNeed(need_id="ned_2", category="animal_care", status="open")
    family = builders.family("cas_1", "D01", needs=(wanted,))

    followed = follow_needs(follow_needs(match, family, ("animal_care",)), family, ())

    assert followed.needs == (Need(need_id="ned_2", category="animal_care"),)
    assert followed.uncovered == ("animal_care", "repair_work")


def test_since_when_nothing_is_left_to_help_with_is_known_from_the_first_time_on() -> None:
    settled = settle_needs(builders.match(START), settled=True, at=START)

    again = settle_needs(settled, settled=True, at=START + timedelta(hours=1))

    assert again.needs_met_at == START
    assert settle_needs(again, settled=False, at=START).needs_met_at is None


def test_what_a_family_of_another_programme_needs_is_no_guardian_s_work(
    client: MatchingClient,
) -> None:
    case = client.waiting()
    about = of_case("cas_00000000000000000000000099") | {"programme": "first_steps"}
    before = client.world.rows("matching-data")

    client.hear(NeedsChanged(**about, categories=("food_aid",), needs=needs("food_aid")))
    client.hear(CareDetailsChanged(**about, district_id="D01", size_band="one_or_two"))
    client.hear(CareRequirementLifted(**about, reason="not_needed"))

    after = [row for row in client.world.rows("matching-data") if row not in before]
    assert [row["pk"]["S"] for row in after if not row["pk"]["S"].startswith("INBOX#")] == []
    assert client.waiting_cases() == [case]


def told(client: MatchingClient) -> list[tuple[Any, Any]]:
    """What the guardian of the family was told of."""
    return [(e["categories"], e["uncovered"]) for e in client.told("CareNeedsChanged")]


@pytest.mark.requirement("S4-28")
def test_the_guardian_hears_what_its_family_wants_and_what_it_does_not_do_itself(
    client: MatchingClient,
) -> None:
    case = client.waiting("D01", "household_help")
    match = client.active(case, client.ready())

    client.wishes(case, match, "household_help", "repair_work", changed=("repair_work",))
    assert told(client) == [(["repair_work"], [])]
    client.wishes(case, match, "household_help", "animal_care", changed=("animal_care",))
    assert told(client)[1:] == [(["animal_care"], ["animal_care"])]
    client.wishes(case, match, "household_help", "animal_care", "repair_work", changed=())
    assert told(client)[2:] == [([], [])]

    view = client.get(HQ, f"/matches/{match}")
    assert [need["category"] for need in view["needs"]] == [
        "household_help", "animal_care", "repair_work",
    ]  # fmt: skip
    assert view["uncovered"] == ["animal_care"]
    missing = [event["missing"] for event in client.told("CareNeedsChanged")]
    assert missing == [[], ["animal_care"], ["animal_care"]]


def test_what_a_guardian_was_proposed_without_is_not_missing_later(client: MatchingClient) -> None:
    case, guardian = client.waiting("D01", "household_help", "animal_care"), client.ready()
    match = client.proposed(case, guardian, reason="partial", uncovered=["animal_care"])

    client.wishes(case, match, "household_help", "animal_care", "food_aid", changed=("food_aid",))

    (told_of,) = client.told("CareNeedsChanged")
    assert (told_of["uncovered"], told_of["missing"]) == (["food_aid"], ["food_aid"])


@pytest.mark.requirement("S4-28", "X-02")
def test_a_wish_that_is_delivered_three_times_is_told_once(client: MatchingClient) -> None:
    case = client.waiting("D01", "household_help")
    match = client.active(case, client.ready())
    client.world.copies = 3

    client.wishes(case, match, "household_help", "animal_care", changed=("animal_care",))

    assert len(told(client)) == 1


def test_what_headquarters_changes_can_be_agreed_on_and_is_told_to_nobody(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting("D01", "household_help"), client.ready()
    match = client.introduced(client.proposed(case, guardian))

    client.wishes(case, match, "household_help", "repair_work", changed=(), by_family=False)

    assert told(client) == []
    client.do(rep(guardian), f"/matches/{match}/agreement", draft("ned_1", "ned_2"))


def test_a_need_that_was_met_stays_with_the_match_and_one_crossed_out_goes(
    client: MatchingClient,
) -> None:
    case = client.waiting("D01", "household_help", "repair_work")
    match = client.active(case, client.ready())
    first, second = needs("household_help", "repair_work")

    client.changes(
        case,
        match,
        first.model_copy(update={"status": "met"}),
        second.model_copy(update={"status": "dropped"}),
    )

    view = client.get(HQ, f"/matches/{match}")
    assert [need["need_id"] for need in view["needs"]] == ["ned_1"]
    assert view["settled_needs"] == ["ned_1", "ned_2"], "of each it is known that it is settled"

    other = needs("a", "b", "food_aid")[2].model_copy(update={"status": "met"})
    client.changes(case, match, first, second.model_copy(update={"status": "dropped"}), other)

    view = client.get(rep(view["guardian_id"]), f"/matches/{match}")
    assert view["settled_needs"] == ["ned_2"], "one waits again; another was never its own"
    assert [need["need_id"] for need in view["needs"]] == ["ned_1"]


@pytest.mark.parametrize("known_as", [None, "mat_00000000000000000000000000"])
def test_a_wish_told_before_intake_knew_of_the_match_is_followed(
    client: MatchingClient, known_as: str | None
) -> None:
    case, guardian = client.waiting("D01", "household_help"), client.ready()
    match = client.introduced(client.proposed(case, guardian))

    client.wishes(case, known_as, "household_help", "repair_work", changed=("repair_work",))

    assert told(client) == [(["repair_work"], [])]
    client.do(rep(guardian), f"/matches/{match}/agreement", draft("ned_1", "ned_2"))


def test_a_wish_that_was_known_when_the_guardian_was_proposed_is_no_news(
    client: MatchingClient,
) -> None:
    case = client.waiting("D01", "household_help")
    before = client.proposed(case, client.ready())
    client.do(HQ, f"/matches/{before}/cancellation", {"reason": "mistake"})
    match = client.proposed(case, client.ready())

    client.sequence = -1  # it comes after what was told later
    client.wishes(case, before, "household_help", "animal_care", changed=("animal_care",))

    assert told(client) == []
    assert len(client.get(HQ, f"/matches/{match}")["needs"]) == 1


def test_a_wish_about_a_match_that_is_over_changes_nothing(client: MatchingClient) -> None:
    case = client.waiting("D01", "household_help")
    match = client.proposed(case, client.ready())
    client.do(HQ, f"/matches/{match}/cancellation", {"reason": "mistake"})

    client.wishes(case, match, "household_help", "animal_care", changed=("animal_care",))

    assert told(client) == []
    assert len(client.get(HQ, f"/matches/{match}")["needs"]) == 1


def test_a_match_whose_needs_are_met_before_its_care_is_work_and_ends_with_a_reason(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting("D01", "household_help"), client.ready(capacity_families=1)
    match = client.agreed(client.introduced(client.proposed(case, guardian)))
    (need,) = needs("household_help")
    met, cancel = need.model_copy(update={"status": "met"}), f"/matches/{match}/cancellation"
    early = client.post(HQ, cancel, {"reason": "needs_met"})
    assert (early.status, early.code) == (409, "needs_still_open")

    for one in (met, met, need, met):
        client.changes(case, match, one)
    # Intake may not have heard of the match yet when it tells of the needs.
    client.settled(case, "household_help")

    told = [each["settled"] for each in client.told("MatchNeedsSettled")]
    assert told == [True, False, True]
    (row,) = client.get(HQ, "/work")["items"]
    assert (row["work"], row["hours_left"]) == ("settle_without_needs", 23)
    assert client.get(HQ, f"/matches/{match}")["status"] == "agreed"
    client.do(HQ, cancel, {"reason": "needs_met"})
    (over,) = client.told("MatchCancelled")
    assert (over["reason"], over["by"]) == ("needs_met", "system")
    assert client.get(HQ, f"/guardians/{guardian}")["free_capacity"] == 1
    assert client.get(HQ, "/work")["items"] == []


def test_help_that_is_recorded_after_all_settles_the_work_too(client: MatchingClient) -> None:
    case = client.waiting("D01", "household_help")
    match = client.agreed(client.introduced(client.proposed(case, client.ready())))
    client.settled(case, "household_help")

    client.do(HQ, f"/matches/{match}/visits", {"need_id": "ned_1", "given_at": client.moment()})

    assert client.get(HQ, "/work")["items"][0]["work"] == "make_two_week_call"
    client.settled(case, "household_help")
    assert len(client.told("MatchNeedsSettled")) == 1


def test_a_match_is_found_where_its_family_lives_now(client: MatchingClient) -> None:
    case, guardian = client.waiting("D01"), client.ready()
    match = client.proposed(case, guardian)
    other = client.proposed(client.waiting("D01"), guardian)

    def hear(district: str) -> None:
        client.hear(
            CareDetailsChanged(**of_case(case), district_id=district, size_band="one_or_two")
        )

    hear("D02")
    seen = client.get(rep(guardian), f"/matches/{match}")
    assert seen["district_id"] == "D02"
    hear("D02")
    client.sequence = 0
    hear("D09")
    assert client.get(rep(guardian), f"/matches/{match}")["version"] == seen["version"]
    of_district = {
        district: [
            each["match_id"] for each in client.get(HQ, "/work", district_id=district)["items"]
        ]
        for district in ("D01", "D02")
    }
    assert of_district == {"D01": [other], "D02": [match]}
    client.do(HQ, f"/matches/{match}/cancellation", {"reason": "mistake"})
    client.sequence = 9
    hear("D03")
    assert client.get(HQ, f"/matches/{match}")["district_id"] == "D02", "it is over"
