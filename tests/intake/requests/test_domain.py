"""A request by itself: the steps of each status, and what is kept of it."""

from collections.abc import Callable
from typing import Any

import pytest

from services.intake.cases.values import MAX_NEEDS, AskedNeed, NeedChanges
from services.intake.codes.values import EndReason, Urgency
from services.intake.requests.domain import MOST_ADDITIONS, Request
from shared.errors import IllegalStep
from tests.intake.cases import builders
from tests.intake.families.builders import START, contact, family, stamp

BREAD = AskedNeed(need_id="ned_1", category="food_aid", text_ref="wrd_1#ned_1")
HAS_ONE = (contact(),)


def received(**facts: Any) -> Request:
    """A request of a family that has just come."""
    plain = {
        "request_id": "req_1",
        "number": "10000008",
        "region": "ZR",
        "programme": "family_care",
        "channel": "hotline",
        "initiated_by": "self",
        "purpose": "hardship",
        "confidentiality": "confidential",
        "family_id": "fam_1",
    }
    return Request.receive(stamp(), **(plain | facts))


def joined() -> Request:
    """A request that is part of a case."""
    return received(joins=True).join("cas_1")


def ended() -> Request:
    """A request that is no case."""
    return received(joins=True, case_id="cas_1").end(stamp(5), EndReason.OTHER_FAMILY)


VERBS: dict[str, Callable[[Request], Request]] = {
    "join": lambda request: request.join("cas_1"),
    "ask_for_case": lambda request: request.ask_for_case(family()),
    "end": lambda request: request.end(stamp(), EndReason.OTHER_FAMILY),
    "add": lambda request: request.add((), "wrd_2", Urgency.NORMAL),
    "mend": lambda request: request.mend(NeedChanges(), "D02", None),
    "disown": lambda request: request.disown(stamp()),
}


@pytest.mark.parametrize(
    ("request_is", "refuses"),
    [
        (received, set()),
        (joined, {"join", "ask_for_case", "end"}),
        (ended, {*VERBS}),
    ],
)
def test_each_status_has_its_own_steps(
    request_is: Callable[[], Request], refuses: set[str]
) -> None:
    refused = set()
    for verb, step in VERBS.items():
        try:
            step(request_is())
        except IllegalStep:
            refused.add(verb)

    assert refused == refuses


def test_a_request_waits_for_nothing_once_it_is_in_a_case_or_over() -> None:
    assert (joined().joins, joined().case_id) == (False, "cas_1")
    over = ended()
    assert over.next_steps == ("mend",)  # the contact of its family
    assert (over.joins, over.case_id, over.ended_by, over.ended_at) == (
        False, None, stamp().by, stamp(5).at,
    )  # fmt: skip
    left = joined().leave_case()
    assert (left.status, left.joins, left.case_id, left.left_case) == (
        "received", True, None, "cas_1",
    )  # fmt: skip


def test_a_request_is_full_of_words_or_needs_at_its_bounds() -> None:
    words = received(additions=tuple(f"wrd_{n}" for n in range(MOST_ADDITIONS - 1)))
    full = words.add((), "wrd_9", Urgency.NORMAL)
    many = received(needs=(BREAD,) * (MAX_NEEDS - 1)).add((BREAD,), None, Urgency.NORMAL)

    for request, needs, record in ((full, (), "wrd_10"), (many, (BREAD,), None)):
        with pytest.raises(IllegalStep, match="request_is_full"):
            request.add(needs, record, Urgency.NORMAL)
        assert request.add((), None, Urgency.URGENT).urgency is Urgency.URGENT


def test_what_is_added_or_mended_leaves_the_rest_as_it_was() -> None:
    urgent = received(district="D01").add((), None, Urgency.URGENT)
    assert urgent.add((), None, Urgency.NORMAL).urgency is Urgency.URGENT
    assert received().add((), None, Urgency.NORMAL).urgency is Urgency.NORMAL

    mended = urgent.mend(NeedChanges(), None, None)
    assert (mended.district, mended.urgency) == ("D01", Urgency.URGENT)
    assert urgent.mend(NeedChanges(), "D02", Urgency.NORMAL).district == "D02"


@pytest.mark.parametrize(
    ("said", "records"),
    [
        ({}, ()),
        ({"texts": ("text",)}, ("req_1",)),
        ({"additions": ("wrd_2",)}, ("wrd_2",)),
        ({"needs": (BREAD.added_in("wrd_1"),)}, ("wrd_1",)),
    ],
)
def test_words_are_kept_where_they_were_said_until_they_are_forgotten(
    said: dict[str, Any], records: tuple[str, ...]
) -> None:
    request = received(**said)

    assert request.word_records == records
    forgotten = request.forget_words()
    assert (forgotten.word_records, forgotten.all_additions) == ((), ())


def test_a_disowned_request_names_its_former_family_while_words_of_it_are_left() -> None:
    many = received(additions=tuple(f"wrd_{n}" for n in range(4)))

    disowned = many.disown(stamp())

    assert (disowned.words_left, disowned.words_with) == (("wrd_2", "wrd_3"), "fam_1")
    assert disowned.forget_more().words_with is None


def test_links_name_what_there_is() -> None:
    assert received().links == {"family_id": "fam_1"}
    renewed = joined().renew_code().renew_code()
    assert renewed.links == {"family_id": "fam_1", "case_id": "cas_1", "code_edition": "2"}


@pytest.mark.parametrize(
    ("number", "known_since", "made"),
    [("10000008", START, True), ("20000004", START, False), ("10000008", stamp(9).at, False)],
)
def test_a_family_is_known_by_the_request_that_made_its_first_case(
    number: str, known_since: Any, made: bool
) -> None:
    case = builders.received(number=number)
    request, its = received(), family(known_since=known_since, contacts=())

    assert request.made_family(case, its) is made
    assert not request.made_family(None, None)
    assert request.made_family(None, its) is (known_since == START)
    assert request.lacks_contact(its) is (known_since == START)
    assert not request.lacks_contact(family(known_since=START, contacts=HAS_ONE))
