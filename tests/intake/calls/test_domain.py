"""What is left of a case's needs when a request of it was written down wrongly."""

from typing import Any

import pytest

from services.intake.calls.domain import (
    disown_case,
    mend_case,
    take_out_addition,
    without_addition,
)
from services.intake.cases.coordination import taking
from services.intake.cases.domain import Case
from services.intake.cases.values import AskedNeed, NeedChanges, NeedEdit, NeedStatus, Status
from services.intake.codes.values import Urgency
from services.intake.requests.domain import Request
from shared.errors import IllegalStep
from tests.intake.cases import builders
from tests.intake.families.builders import stamp

FOOD, ANIMALS, HOUSEHOLD = "food_aid", "animal_care", "household_help"
URGENT, NORMAL = Urgency.URGENT, Urgency.NORMAL
Shown = dict[str, tuple[bool, Urgency, tuple[str, ...]]]


def asks(number: int, *needs: AskedNeed, **facts: Any) -> Request:
    """One of the requests of a case."""
    plain = {
        "request_id": f"req_{number}",
        "number": f"1000000{number}",
        "region": "ZR",
        "programme": "service_member_care",
        "channel": "hotline",
        "initiated_by": "self",
        "purpose": "hardship",
        "confidentiality": "confidential",
        "family_id": "fam_1",
        "case_id": "cas_1",
        "status": "joined",
    }
    return Request.receive(stamp(), needs=needs, **(plain | facts))


def need(need_id: str, category: str = FOOD, urgency: Urgency = NORMAL) -> AskedNeed:
    """What a request asks for, with words."""
    return AskedNeed(need_id=need_id, category=category, urgency=urgency, text_ref=f"wrd#{need_id}")


def case_of(*requests: Request) -> Case:
    """The case that these requests have joined, which no one has taken."""
    case = builders.received(needs=(), requests=tuple(each.request_id for each in requests))
    for each in requests:
        case = case.join(stamp(), each.request_id, each.needs, urgent=each.urgent, heard=True)
    return case


def mended(case: Case, request: Request, changes: NeedChanges, *others: Request) -> Case:
    """The case once a request is put right."""
    right = request.mend(changes, None, None)
    return mend_case(case, stamp(5), request, right, changes, None, others)


def shown(case: Case) -> Shown:
    """The needs of a case by kind: whether each is open, how urgent, and where its words are."""
    return {each.category: (each.open, each.urgency, each.text_refs) for each in case.needs}


def words(need_id: str) -> NeedEdit:
    """Better words for a need."""
    return NeedEdit(need_id=need_id, text_refs=("wrd#better",))


def test_other_needs_keep_their_words() -> None:
    request = asks(1, need("ned_1"), need("ned_2", ANIMALS))

    case = mended(case_of(request), request, NeedChanges(edited=(words("ned_1"),)))

    assert shown(case) == {
        FOOD: (True, NORMAL, ("wrd#better",)),
        ANIMALS: (True, NORMAL, ("wrd#ned_2",)),
    }
    assert (case.history[-1].what, case.history[-1].ref) == ("mended", "req_1")
    assert not any(each.clarified for each in case.needs)  # headquarters has not asked the family


def test_better_words_are_beside_those_that_the_family_has_added_itself() -> None:
    request = asks(1, need("ned_1"))
    said = NeedEdit(need_id="ned_1", text_refs=("wrd#ned_1", "lnk#ned_1"))
    case = case_of(request).change_needs(stamp(3), NeedChanges(edited=(said,)), by_family=True)

    case = mended(case, request, NeedChanges(edited=(words("ned_1"),)))

    assert shown(case) == {FOOD: (True, NORMAL, ("wrd#better", "lnk#ned_1"))}


def test_a_case_cannot_wait_whose_request_should_have_said_so() -> None:
    request = asks(1, need("ned_1"))
    case, right = case_of(request), request.mend(NeedChanges(), None, URGENT)

    assert mend_case(case, stamp(5), request, right, NeedChanges(), None, []).urgent


@pytest.mark.parametrize(
    ("edit", "kinds"),
    [
        (words("ned_3"), {FOOD: False, ANIMALS: True}),
        (
            NeedEdit(need_id="ned_2", category=HOUSEHOLD),
            {FOOD: False, ANIMALS: True, HOUSEHOLD: True},
        ),
    ],
)
def test_what_the_family_has_taken_back_since_is_asked_again_by_no_one(
    edit: NeedEdit, kinds: dict[str, bool]
) -> None:
    first, again = asks(1, need("ned_1")), asks(2, need("ned_2"), need("ned_3", ANIMALS))
    dropped = NeedChanges(dropped={"ned_1": "found_elsewhere"})
    case = case_of(first, again).change_needs(stamp(3), dropped, by_family=True)

    case = mended(case, again, NeedChanges(edited=(edit,)), first)

    assert {each.category: each.open for each in case.needs} == kinds


def test_a_need_is_as_urgent_as_the_family_says_itself() -> None:
    request, wrong = asks(1, need("ned_1")), asks(2, need("ned_2"))
    hurry = NeedChanges(edited=(NeedEdit(need_id="ned_1", urgency=URGENT),))
    case = case_of(request, wrong).change_needs(stamp(3), hurry, by_family=True)

    case = disown_case(case, stamp(4), wrong, [request])
    case = mended(case, request, NeedChanges(edited=(words("ned_1"),)))

    assert shown(case) == {FOOD: (True, URGENT, ("wrd#better",))}


def test_of_help_that_a_request_asks_for_twice_the_other_word_stays() -> None:
    first = asks(1, need("ned_1"))
    again = asks(2, need("ned_2", urgency=URGENT), need("ned_3", urgency=URGENT))

    case = mended(case_of(first, again), again, NeedChanges(dropped={"ned_2": "mistake"}), first)

    assert shown(case) == {FOOD: (True, URGENT, ("wrd#ned_3", "wrd#ned_1"))}


def test_a_mistake_stays_asked_for_where_the_family_has_said_more_of_it() -> None:
    request = asks(1, need("ned_1"))
    said = NeedEdit(need_id="ned_1", text_refs=("wrd#ned_1", "lnk#ned_1"))
    case = case_of(request).change_needs(stamp(3), NeedChanges(edited=(said,)), by_family=True)

    case = mended(case, request, NeedChanges(dropped={"ned_1": "mistake"}))

    assert shown(case) == {FOOD: (True, NORMAL, ("lnk#ned_1",))}


def test_what_a_guardian_is_searched_for_outlives_the_words_that_are_taken_out() -> None:
    added = need("ned_2", ANIMALS).added_in("wrd_1")
    first = asks(1, need("ned_1"), added, additions=("wrd_1",))
    left = without_addition(first, "wrd_1")
    case = case_of(first)
    met = case.model_copy(
        update={
            "needs": tuple(
                each.model_copy(update={"status": NeedStatus.MET})
                if each.need_id == "ned_1"
                else each
                for each in case.needs
            )
        }
    )

    waiting, proposed = (
        met.model_copy(update={"status": each}) for each in (Status.CARE_REQUIRED, Status.MATCHED)
    )
    for before, is_open in ((met, False), (waiting, True), (proposed, True)):
        after = take_out_addition(before, stamp(5), [added], [left], "other_family")
        assert shown(after)[ANIMALS] == (is_open, NORMAL, ())
        assert after.status is before.status


def test_what_another_request_says_is_urgent_stays_so() -> None:
    first, wrong = asks(1, need("ned_1", urgency=URGENT)), asks(2, need("ned_2", urgency=URGENT))

    case = disown_case(case_of(first, wrong), stamp(5), wrong, [first])

    assert shown(case) == {FOOD: (True, URGENT, ("wrd#ned_1",))}
    assert case.urgent


@pytest.mark.parametrize("taken", [True, False])
def test_once_a_case_is_taken_its_coordinator_says_whether_it_can_wait(taken: bool) -> None:
    first, wrong = asks(1, need("ned_1")), asks(2, need("ned_2", HOUSEHOLD), urgency=URGENT)
    case = case_of(first, wrong)
    if taken:
        case = taking.take(case, stamp(3))

    assert disown_case(case, stamp(5), wrong, [first]).urgent is taken


@pytest.mark.parametrize("status", [Status.CARE_REQUIRED, Status.MATCHED])
def test_a_search_is_not_left_without_anything_to_search_for(status: Status) -> None:
    first, wrong = asks(1), asks(2, need("ned_2", ANIMALS))
    case = case_of(first, wrong).model_copy(update={"status": status})

    with pytest.raises(IllegalStep, match="search_is_of_this_request") as refused:
        disown_case(case, stamp(5), wrong, [first])

    assert "withdraw" in refused.value.next_steps
    assert disown_case(case, stamp(5), wrong, [asks(1, need("ned_1", ANIMALS))]).status is status
