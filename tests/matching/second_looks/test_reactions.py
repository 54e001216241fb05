"""A ready guardian is looked at for the families that wait; nothing is proposed by itself."""

import pytest

from tests.matching.api_client import HQ, HQ_Y, MatchingClient, family_of, rep
from tests.matching.bonds.test_api import waiting as another_case


@pytest.mark.parametrize("copies", [1, 3])
def test_headquarters_is_told_which_waiting_families_a_new_guardian_suits(
    client: MatchingClient, copies: int
) -> None:
    client.world.copies = copies
    bound, first = client.waiting("D01"), client.waiting("D01")
    client.proposed(bound, client.ready(capacity_families=1))
    another_case(client, family_of(bound))
    client.waiting("D01", "food_aid")
    second = client.waiting("D02")
    before = len(client.told("WaitingFamiliesSuited"))

    ready = client.ready()

    (suited,) = client.told("WaitingFamiliesSuited")[before:]
    assert (suited["guardian_id"], suited["families"]) == (ready, 2)
    path = f"/guardians/{ready}/suited-families"
    assert client.get(HQ, path)["case_ids"] == [first, second]
    assert client.api(HQ_Y).get(path).status == 404
    assert client.api(rep(ready)).get(path).status == 403
    assert client.waiting_cases()[:1] == [first]

    client.proposed(second, ready)
    (ended,) = [each for each in client.told("SecondLookEnded") if each["guardian_id"] == ready]
    assert ended["look_id"] == suited["look_id"]


def test_a_pair_that_failed_is_not_told_and_a_guardian_back_from_a_pause_is(
    client: MatchingClient,
) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.active(case, guardian)
    client.heard(match)
    client.do(HQ, f"/matches/{match}/ending", {"reason": "conflict"})
    other = client.waiting()

    client.do(HQ, f"/guardians/{guardian}/pause", {"reason": "holidays"})
    client.do(HQ, f"/guardians/{guardian}/resumption")

    (suited,) = client.told("WaitingFamiliesSuited")
    assert suited["case_ids"] == [other]
    alone = client.ready(capabilities=[{"category": "animal_care"}])
    assert client.get(HQ, f"/guardians/{alone}/suited-families")["case_ids"] == []
