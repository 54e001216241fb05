"""Which versions of a discount stay in a partner's book, and which leave it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.cards import outlet_sets
from services.cards.offers.domain import MAX_OPEN, MAX_PROPOSED, Offer, OfferBook
from services.cards.offers.values import Discount, OfferStatus
from shared.errors import IllegalStep
from shared.reference import calendar

ZONE = ZoneInfo("Europe/Samara")
FIRST = date(2026, 10, 1)
NOON = datetime(2026, 10, 6, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def offer(name: str, day: int, until: int | None, outlets: int = 0) -> Offer:
    """A version from a day of October, for some outlets or for all."""
    return Offer(
        id=name,
        number=1,
        discount=Discount(percent=5),
        goods_scope="all",
        outlets=outlet_sets.text_of(outlets) if outlets else "",
        valid_from=FIRST.replace(day=day),
        valid_to=None if until is None else FIRST.replace(day=until),
    )


def published(*offers: Offer) -> OfferBook:
    """A book with all of them confirmed, the earliest first."""
    book = OfferBook()
    for each in offers:
        book = book.add(each, NOON - timedelta(days=90)).publish(each, ZONE)
    return book


@pytest.mark.parametrize(
    ("others", "stays"),
    [
        ((offer("new", 5, 10),), True),  # the old one is in force again on the 11th
        ((offer("new", 5, 20),), False),
        ((offer("new", 5, None),), False),
        ((offer("new", 8, None),), True),  # not in force yet
        ((offer("one", 5, None, 0b01),), True),
        ((offer("one", 5, None, 0b01), offer("two", 6, None, 0b10)), False),
    ],
)
def test_a_version_leaves_the_book_once_others_are_in_force_instead_until_its_end(
    others: tuple[Offer, ...], stays: bool
) -> None:
    old = offer("old", 1, 20, outlets=0b11 if others[0].outlets else 0)
    left = published(old, *others).without_past(NOON)

    assert ("old" in {each.id for each in left.offers}) is stays
    assert {each.id for each in others} <= {each.id for each in left.offers}
    if others[0].valid_to == date(2026, 10, 10):
        then = left.in_force(0, NOON + timedelta(days=5), None)
        assert then is not None and then.id == "old"


def test_a_version_is_published_once_and_withdrawn_until_the_moment_it_comes_into_force() -> None:
    version = offer("new", 6, 7).publish(ZONE)
    starts, ends = version.starts_at, version.ends_at
    assert starts and ends
    with pytest.raises(IllegalStep, match="offer_published"):
        version.publish(ZONE)
    assert version.withdraw(starts - SECOND).status is OfferStatus.WITHDRAWN
    for moment, refused in ((starts, "in_force"), (ends - SECOND, "in_force"), (ends, "over")):
        with pytest.raises(IllegalStep, match=f"offer_{refused}"):
            version.withdraw(moment)
    with pytest.raises(IllegalStep, match="offer_in_force"):
        offer("endless", 6, None).publish(ZONE).withdraw(starts)


def refused(step: Callable[[], object]) -> tuple[object, ...]:
    """What a refusal says: its code, what may be done instead, and its facts."""
    with pytest.raises(IllegalStep) as found:
        step()
    return found.value.code, found.value.next_steps, found.value.facts


@pytest.mark.parametrize(("day", "steps"), [(1, ()), (9, ("withdraw_offer",))])
def test_a_full_book_says_whether_one_of_its_versions_may_make_room(
    day: int, steps: tuple[str, ...]
) -> None:
    full = published(*(offer(f"o{n}", day, None, 1 << n) for n in range(1, MAX_OPEN + 1)))

    said = refused(lambda: full.add(offer("more", 20, None), NOON))

    assert said == ("too_many_offers", steps, {"limit": MAX_OPEN})
    assert not full.has_room(NOON) and OfferBook().has_room(NOON)


def test_so_many_versions_wait_for_the_club_and_lapse_with_the_first_day() -> None:
    book = OfferBook()
    for number in range(MAX_PROPOSED):
        assert book.has_room(NOON)
        book = book.add(offer(f"o{number}", 9 + number, None), NOON)

    said = refused(lambda: book.add(offer("more", 30, None), NOON))

    assert said == ("too_many_proposals", ("withdraw_offer",), {"limit": MAX_PROPOSED})
    assert not book.has_room(NOON)
    assert book.lapses_at(ZONE) == calendar.start_of_day(ZONE, date(2026, 10, 9))


def test_a_version_that_goes_on_when_a_later_one_starts_is_refused_with_that_day() -> None:
    book = published(offer("one", 1, 5), offer("two", 9, None))
    early = offer("early", 6, None)

    said = refused(lambda: book.add(early, NOON).publish(early, ZONE))

    assert said == ("offer_overlaps", ("withdraw_offer",), {"since": date(2026, 10, 9)})
    then = book.next_after(0, NOON - timedelta(days=3), None)
    assert then is not None and then.id == "two"


def test_a_version_that_ends_while_it_waits_behind_a_newer_one_changes_nothing() -> None:
    book = published(offer("old", 1, 20), offer("new", 5, None))

    assert book.next_after(1, NOON, None) is None
    assert book.gaps(0b10, NOON, None) == set()


def test_versions_meet_in_the_outlets_of_both() -> None:
    everywhere, one, two, both = (offer("o", 1, None, outlets) for outlets in (0, 1, 2, 3))

    assert all(each.meets(everywhere) and everywhere.meets(each) for each in (one, everywhere))
    assert one.meets(both) and both.meets(two) and not one.meets(two)


def test_what_is_proposed_or_to_come_stays_and_what_has_ended_does_not() -> None:
    book = published(offer("over", 1, 5), offer("to come", 9, None)).add(
        offer("proposed", 1, None, 0b1), NOON - timedelta(days=90)
    )

    assert [each.id for each in book.without_past(NOON).offers] == ["to come", "proposed"]
    assert book.made == book.without_past(NOON).made == 3


def test_a_partner_without_an_open_outlet_is_left_without_nothing() -> None:
    assert not OfferBook().ends_for_good(0, NOON, None)
    assert OfferBook().ends_for_good(0b1, NOON, None)
    assert published(offer("over", 1, 10)).gaps(0, NOON, None) == set()


@pytest.mark.parametrize(
    ("given", "discount"),
    [
        ((7, None, None), Discount(percent=7)),
        ((None, 300, None), Discount(kopecks=300)),
        ((None, 300, 300), Discount(kopecks=300, minimum=300)),  # the family may keep all of it
    ],
)
def test_what_a_discount_does_not_say_is_nothing(
    given: tuple[int | None, int | None, int | None], discount: Discount
) -> None:
    assert Discount.of(*given) == discount


def test_a_version_is_over_and_gives_way_from_the_very_second_on() -> None:
    book = published(offer("old", 1, 10), offer("new", 8, None))
    old, new, before = book.get("old"), book.get("new"), timedelta(seconds=1)
    assert old.ends_at and new.starts_at

    for at, code in ((old.ends_at - before, "offer_in_force"), (old.ends_at, "offer_over")):
        with pytest.raises(IllegalStep) as refused:
            book.withdraw("old", at)
        assert refused.value.code == code
    for at, left in ((new.starts_at - before, [old, new]), (new.starts_at, [new])):
        assert [*book.without_past(at).offers] == left
