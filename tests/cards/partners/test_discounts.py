"""A partner's discounts: in which shops and on which days, and by when their end is announced."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.cards.offers.domain import MAX_OPEN
from services.cards.offers.values import OfferStatus
from services.cards.partners import events
from services.cards.partners.domain import Partner
from services.cards.partners.values import PartnerStatus
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar
from tests.cards.partners.life import (
    NOW,
    TODAY,
    ZONE,
    active,
    add_shop,
    complete,
    lead,
    notice,
    offer,
    propose,
    publish,
)


def percents(partner: Partner, number: int) -> list[int]:
    spans = partner.book.spans(partner.leaves_at)
    return [span.percent for span in spans if span.holds_in(number)]


def test_a_discount_that_is_over_by_the_publication_is_none() -> None:
    partner = add_shop(lead().take(), 1).record_agreement("14/2026", "shop-01")
    partner = propose(partner, offer(1, 7, date(2026, 9, 1), date(2026, 10, 4)))
    with pytest.raises(IllegalStep, match="offer_missing"):
        partner.publish("CL-0", NOW, ZONE)

    to_come = propose(partner, offer(2, 7, date(2026, 11, 1))).publish("CL-0", NOW, ZONE)
    assert to_come.status is PartnerStatus.ACTIVE


def test_days_of_the_region_become_moments_at_publication() -> None:
    partner = publish(active(), offer(2, 9, date(2026, 11, 1), date(2026, 11, 30)))
    published = partner.book.get("ofr_2")

    assert published.starts_at == datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
    assert published.ends_at == datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    assert published.status is OfferStatus.PUBLISHED


@pytest.mark.parametrize(
    ("moment", "percent"),
    [
        (datetime(2026, 10, 4, 19, 59, 59, tzinfo=UTC), None),
        (datetime(2026, 10, 4, 20, 0, tzinfo=UTC), 7),
        (datetime(2026, 10, 31, 19, 59, 59, tzinfo=UTC), 7),
        (datetime(2026, 10, 31, 20, 0, tzinfo=UTC), 9),
    ],
)
def test_the_discount_changes_at_the_regions_midnight(
    moment: datetime, percent: int | None
) -> None:
    partner = publish(active(), offer(2, 9, date(2026, 11, 1)))

    found = partner.offer_at(1, moment)

    assert (found and found.discount.percent) == percent


def test_outlets_may_have_offers_of_their_own_but_one_each() -> None:
    partner = add_shop(complete(), 2).withdraw_offer("ofr_1", NOW)
    partner = propose(partner, offer(2, 5, TODAY, None, 1))
    partner = propose(partner, offer(3, 9, TODAY, None, 2)).publish("CL-0", NOW, ZONE)

    assert [percents(partner, number) for number in (1, 2)] == [[5], [9]]
    assert partner.shops.ids_in(partner.book.get("ofr_3").outlets) == ["out_2"]
    both = publish(partner, offer(4, 8, date(2026, 11, 1)))
    assert percents(both, 2) == [9, 8]
    with pytest.raises(IllegalStep, match="offer_overlaps"):
        publish(both, offer(5, 6, date(2026, 10, 20), None, 2))
    with pytest.raises(IllegalStep, match="offer_overlaps"):
        publish(both, offer(5, 6, date(2026, 10, 20), date(2026, 11, 1), 2))
    before = publish(both, offer(5, 6, date(2026, 10, 20), date(2026, 10, 31), 2))
    assert percents(before, 2) == [9, 6, 8]


def test_two_offers_of_one_outlet_cannot_both_be_published_at_once() -> None:
    partner = propose(complete(), offer(2, 9, TODAY))

    with pytest.raises(IllegalStep, match="offer_overlaps"):
        partner.publish("CL-0", NOW, ZONE)


def test_past_offers_leave_the_book() -> None:
    partner = publish(active(), offer(2, 15, date(2026, 12, 1), date(2026, 12, 31)))
    replaced = publish(active(), offer(2, 9, date(2026, 12, 1)))
    over = calendar.start_of_day(ZONE, date(2027, 1, 1))

    assert [o.discount.percent for o in partner.book.without_past(over).offers] == [7]
    assert [o.discount.percent for o in replaced.book.without_past(over).offers] == [9]
    assert len(partner.book.without_past(NOW).offers) == 2


def test_a_group_keeps_its_discount_while_any_of_its_outlets_has_no_newer_one() -> None:
    partner = publish(add_shop(active(), 2), offer(2, 9, date(2026, 11, 1), None, 1))
    later = datetime(2026, 11, 10, tzinfo=UTC)
    assert len(partner.book.without_past(later).offers) == 2

    partner = publish(partner, offer(3, 5, date(2026, 11, 2)))
    assert [o.number for o in partner.book.without_past(later).offers] == [3]


def test_a_standing_discount_resumes_after_a_temporary_one() -> None:
    partner = publish(active(), offer(2, 15, date(2026, 11, 1), date(2026, 11, 30)))

    moments = [datetime(2026, month, 15, tzinfo=UTC) for month in (10, 11, 12)]
    offers = [partner.offer_at(1, moment) for moment in moments]
    following = [partner.offer_after(1, moment) for moment in moments]

    assert [o and o.discount.percent for o in offers] == [7, 15, 7]
    assert [o and o.discount.percent for o in following] == [15, 7, None]
    assert partner.runs_out_at is None


def test_the_end_of_the_last_discount_is_announced_two_weeks_before() -> None:
    partner = complete().withdraw_offer("ofr_1", NOW)
    partner = propose(partner, offer(2, 5, TODAY, date(2026, 10, 31)))
    partner = partner.publish("CL-0", NOW, ZONE)
    end = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
    early = end - timedelta(days=14)

    assert partner.due(early - timedelta(seconds=1), ZONE) == ()
    assert partner.due(early, ZONE) == ("offer_ending",)
    assert (partner.runs_out_at, events.offer_ending(partner, end).outlets) == (end, 1)
    assert partner.end("other").next_deadline(ZONE) is None, "nothing is announced of who has left"
    assert partner.remind().due(end, ZONE) == ()
    renewed = publish(partner.remind(), offer(3, 6, date(2026, 11, 1), date(2026, 11, 30)))
    assert renewed.runs_out_at == datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    assert renewed.withdraw_offer("ofr_3", early).due(early, ZONE) == ("offer_ending",)


def test_each_group_of_outlets_is_announced_in_its_turn() -> None:
    partner = complete().withdraw_offer("ofr_1", NOW)
    partner = add_shop(add_shop(partner, 2), 3)
    partner = propose(partner, offer(2, 5, TODAY, date(2026, 10, 31), 1))
    partner = propose(partner, offer(3, 5, TODAY, date(2026, 11, 30), 2, 3))
    partner = partner.publish("CL-0", NOW, ZONE)

    assert partner.runs_out_at == datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
    assert partner.remind().runs_out_at == datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    assert partner.close_outlet("out_1", NOW).runs_out_at == partner.remind().runs_out_at
    assert partner.remind().remind().runs_out_at is None


OCTOBER_ENDS = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)


def test_the_announced_end_of_a_discount_is_averted_in_all_shops_or_not_at_all() -> None:
    partner = add_shop(complete().withdraw_offer("ofr_1", NOW), 2)
    partner = propose(partner, offer(2, 5, TODAY, date(2026, 10, 31)))
    partner = partner.publish("CL-0", NOW, ZONE).remind()
    in_one = publish(partner, offer(3, 6, date(2026, 11, 1), None, 1))
    in_both = publish(in_one, offer(4, 6, date(2026, 11, 1), None, 2))

    def renewed(before: Partner, after: Partner, at: datetime = NOW) -> int:
        return len(events.offers_renewed(before, after, at))

    assert renewed(partner, in_one) == 0, "the other shop still has none"
    assert renewed(in_one, in_both) == 1
    assert renewed(in_both, in_both) == 0, "said once"
    assert renewed(in_one, in_one.close_outlet("out_2", NOW)) == 1
    # Work that nobody has done in time is still to be done.
    late = OCTOBER_ENDS + timedelta(days=1)
    assert renewed(in_one, in_both, late) == 1
    assert renewed(partner, in_one, late) == 0
    # A discount that comes back some days later is confirmed as well …
    week = date(2026, 11, 8)
    back = publish(partner, offer(3, 6, week))
    assert renewed(partner, back) == 1
    assert events.offer_ending(back, OCTOBER_ENDS).followed
    assert not events.offer_ending(in_one, OCTOBER_ENDS).followed
    # … until it is taken back: then the end is announced as one for good.
    assert back.runs_out_at is None
    again = back.withdraw_offer("ofr_3", NOW)
    assert again.runs_out_at == OCTOBER_ENDS
    assert not events.offer_ending(again, OCTOBER_ENDS).followed


def test_who_leaves_with_its_discount_needs_no_other_until_it_stays_after_all() -> None:
    partner = complete().withdraw_offer("ofr_1", NOW)
    partner = propose(partner, offer(2, 5, TODAY, date(2026, 10, 31)))
    partner = partner.publish("CL-0", NOW, ZONE).remind()
    leaving = notice(partner)
    later = partner.give_notice(date(2026, 11, 30), "partner_left", TODAY, ZONE)

    assert len(events.offers_renewed(partner, leaving, NOW)) == 1
    assert events.offers_renewed(partner, later, NOW) == []
    assert (leaving.runs_out_at, later.runs_out_at) == (None, None)
    assert leaving.withdraw_notice().runs_out_at == OCTOBER_ENDS, "it is announced again"


def test_what_is_shown_is_fresh_until_the_next_discount_begins_or_ends_and_never_until_now() -> (
    None
):
    book = publish(active(), offer(2, 9, date(2026, 10, 20), date(2026, 10, 21))).book
    begins, ends = (calendar.start_of_day(ZONE, date(2026, 10, day)) for day in (20, 22))
    second = timedelta(seconds=1)

    assert [book.changes_at(at, None) for at in (NOW, begins - second)] == [begins, begins]
    assert [book.changes_at(at, None) for at in (begins, ends - second)] == [ends, ends]
    assert book.changes_at(ends, None) is None
    assert book.changes_at(NOW, begins - second) == begins - second


def test_a_discount_after_the_last_day_is_promised_to_nobody() -> None:
    leaving = notice(active())
    assert publish(leaving, offer(2, 9, date(2026, 10, 31))).book.get("ofr_2").starts_at
    with pytest.raises(IllegalStep, match="offer_after_last_day") as refused:
        propose(leaving, offer(3, 9, date(2026, 11, 1)))
    assert refused.value.next_steps == ("withdraw_notice",)
    staying = publish(leaving.withdraw_notice(), offer(3, 9, date(2026, 11, 1)))
    leaving = notice(staying)
    assert "ofr_3" not in [span.offer_id for span in leaving.book.spans(leaving.leaves_at)]


def test_an_offer_speaks_of_known_outlets_and_ends_after_it_begins() -> None:
    with pytest.raises(Invalid, match="unknown_outlet"):
        active().shops.set_of(["out_9"])
    with pytest.raises(Invalid, match="dates_reversed") as refused:
        propose(active(), offer(2, 9, date(2026, 11, 1), date(2026, 10, 31)))
    assert refused.value.pointer == "/valid_to"
    assert propose(active(), offer(2, 9, date(2026, 11, 1), date(2026, 11, 1))).book.proposed


def test_open_offers_are_limited_and_those_that_are_over_make_room() -> None:
    partner = active()
    for number in range(2, MAX_OPEN + 1):
        partner = publish(partner, offer(number, 9, date(2026, 11, number)))

    with pytest.raises(IllegalStep, match="too_many_offers"):
        propose(partner, offer(99, 9, date(2026, 12, 1)))

    january = datetime(2027, 1, 10, tzinfo=UTC)
    renewed = partner.propose_offer(offer(99, 9, date(2027, 2, 1)), date(2027, 1, 10), january)
    assert len(renewed.book.offers) == 2
