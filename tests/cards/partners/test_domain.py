"""The life of a partner, every transition of it, and its offers."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.cards import outlet_sets
from services.cards.offers.domain import MAX_OPEN, Offer
from services.cards.offers.values import Discount, OfferStatus
from services.cards.partners import events
from services.cards.partners.domain import Partner
from services.cards.partners.values import PartnerStatus, Source
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar

NOW = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
KEYED = int(datetime(2027, 10, 5, tzinfo=UTC).timestamp())
LATER = KEYED + 365 * 24 * 3600
TODAY = date(2026, 10, 5)
ZONE = ZoneInfo("Europe/Samara")


def lead() -> Partner:
    return Partner(
        id="par_1", region="ZR", title="Гастроном", category="grocery",
        district_ids=("D01", "D02"), source=Source.AUTHORITY, proposed_by="RA", org="shop-01",
    )  # fmt: skip


def offer(number: int, percent: int, first: date, last: date | None = None, *where: int) -> Offer:
    return Offer(
        id=f"ofr_{number}", number=number, discount=Discount(percent=percent), goods_scope="Всё",
        outlets=outlet_sets.write(where), valid_from=first, valid_to=last,
    )  # fmt: skip


def add_shop(partner: Partner, number: int, district: str = "D01") -> Partner:
    return partner.add_outlet(f"out_{number}", district, NOW).issue_key(f"out_{number}", KEYED, 0)


def propose(partner: Partner, new: Offer) -> Partner:
    return partner.propose_offer(new, TODAY, NOW)


def notice(partner: Partner) -> Partner:
    return partner.give_notice(date(2026, 10, 31), "partner_left", TODAY, ZONE)


def publish(partner: Partner, new: Offer) -> Partner:
    return propose(partner, new).publish_offer(new.id, TODAY, ZONE)


def with_one_to_come(partner: Partner) -> Partner:
    return partner._with(book=partner.book.add(offer(9, 9, date(2026, 11, 1)), NOW))


def percents(partner: Partner, number: int) -> list[int]:
    spans = partner.book.spans(partner.leaves_at)
    return [span.percent for span in spans if span.holds_in(number)]


def complete() -> Partner:
    partner = add_shop(lead().take(), 1)
    return propose(partner, offer(1, 7, TODAY)).record_agreement("14/2026", "shop-01")


def active() -> Partner:
    return complete().publish("CL-0", NOW, ZONE)


def partners() -> dict[PartnerStatus, Partner]:
    return {
        PartnerStatus.LEAD: lead(),
        PartnerStatus.NEGOTIATING: complete(),
        PartnerStatus.ACTIVE: active(),
        PartnerStatus.PAUSED: active().pause(),
        PartnerStatus.ENDED: active().end("other"),
        PartnerStatus.DECLINED: lead().decline("other"),
    }


STEPS: dict[str, Callable[[Partner], Partner]] = {
    "take": lambda p: p.take(),
    "decline": lambda p: p.decline("variable_discount"),
    "publish": lambda p: p.publish("CL-0", NOW, ZONE),
    "pause": lambda p: p.pause(),
    "resume": lambda p: p.resume(),
    "end": lambda p: p.end("partner_left"),
    "give_notice": notice,
    "withdraw_notice": lambda p: (notice(p) if p.in_touch else p).withdraw_notice(),
    "edit": lambda p: p.edit("Гастроном", "grocery", ("D01",)),
    "add_outlet": lambda p: p.add_outlet("out_2", "D01", NOW),
    "issue_key": lambda p: p.issue_key("out_1", KEYED, 0),
    "propose_offer": lambda p: propose(p, offer(9, 9, date(2026, 11, 1))),
    "withdraw_offer": lambda p: with_one_to_come(p).withdraw_offer("ofr_9", NOW),
    "record_agreement": lambda p: p.record_agreement("15/2026", "shop-01"),
    "publish_offer": lambda p: publish(p, offer(9, 9, date(2026, 11, 1))),
    "close_outlet": lambda p: p.close_outlet("out_1", NOW),
    "change_contact": lambda p: p.change_contact(),
}
ALLOWED = {
    ("take", PartnerStatus.LEAD): PartnerStatus.NEGOTIATING,
    ("edit", PartnerStatus.LEAD): PartnerStatus.LEAD,
    ("change_contact", PartnerStatus.LEAD): PartnerStatus.LEAD,
    ("decline", PartnerStatus.LEAD): PartnerStatus.DECLINED,
    ("decline", PartnerStatus.NEGOTIATING): PartnerStatus.DECLINED,
    ("publish", PartnerStatus.NEGOTIATING): PartnerStatus.ACTIVE,
    ("pause", PartnerStatus.ACTIVE): PartnerStatus.PAUSED,
    ("resume", PartnerStatus.PAUSED): PartnerStatus.ACTIVE,
    ("end", PartnerStatus.ACTIVE): PartnerStatus.ENDED,
    ("end", PartnerStatus.PAUSED): PartnerStatus.ENDED,
    **{
        (step, status): status
        for step in (
            "edit",
            "add_outlet",
            "issue_key",
            "propose_offer",
            "withdraw_offer",
            "record_agreement",
            "close_outlet",
            "change_contact",
        )
        for status in (PartnerStatus.NEGOTIATING, PartnerStatus.ACTIVE, PartnerStatus.PAUSED)
    },
    **{
        (step, status): status
        for step in ("publish_offer", "give_notice", "withdraw_notice")
        for status in (PartnerStatus.ACTIVE, PartnerStatus.PAUSED)
    },
}


@pytest.mark.parametrize("status", list(PartnerStatus))
@pytest.mark.parametrize("step", list(STEPS))
def test_each_step_is_taken_where_the_machine_allows_it_and_nowhere_else(
    step: str, status: PartnerStatus
) -> None:
    partner = partners()[status]
    expected = ALLOWED.get((step, status))

    if expected is None:
        with pytest.raises(IllegalStep, match=f"partner_{status}") as refused:
            STEPS[step](partner)
        assert step not in refused.value.next_steps
    else:
        assert STEPS[step](partner).status is expected


def test_every_open_outlet_needs_an_offer_and_a_key() -> None:
    partner = complete().add_outlet("out_2", "D01", NOW)
    with pytest.raises(IllegalStep, match="key_missing"):
        partner.publish("CL-0", NOW, ZONE)

    closed = partner.close_outlet("out_2", NOW)
    assert closed.publish("CL-0", NOW, ZONE).status is PartnerStatus.ACTIVE
    assert closed.note_keys("out_2", 0, 0) == closed, "its key may still be revoked"


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


def test_a_notice_of_two_weeks_is_long_enough() -> None:
    last_day = TODAY + timedelta(days=14)
    assert active().give_notice(last_day, "partner_left", TODAY, ZONE).last_day == last_day
    with pytest.raises(Invalid, match="notice_too_short"):
        active().give_notice(last_day - timedelta(days=1), "partner_left", TODAY, ZONE)


@pytest.mark.parametrize(("days", "together"), [(7, 2), (8, 1)])
def test_keys_that_end_within_a_week_are_announced_together(days: int, together: int) -> None:
    later = KEYED + days * 24 * 3600
    partner = active().add_outlet("out_2", "D01", NOW).issue_key("out_2", later, 0).remind_of_keys()
    assert partner.shops.keys_ending == together
    assert (partner.keys_due_at is None) == (together == 2)


def test_keys_that_end_before_their_partner_leaves_are_renewed() -> None:
    keys_end = datetime.fromtimestamp(KEYED, UTC)
    before, after = (keys_end + timedelta(days=days) for days in (-5, 5))
    leaving = active().give_notice(after.date(), "partner_left", TODAY, ZONE)
    assert leaving.keys_due_at == active().keys_due_at
    assert leaving.pause().keys_due_at is not None
    gone = active().give_notice(before.date(), "partner_left", TODAY, ZONE)
    assert gone.keys_due_at is None


def test_who_leaves_before_its_announced_keys_end_needs_none_until_it_stays_after_all() -> None:
    fresh = active().add_outlet("out_2", "D01", NOW).issue_key("out_2", KEYED + 5 * 24 * 3600, 0)
    partner = fresh.remind_of_keys()
    keys_end = datetime.fromtimestamp(KEYED, UTC).date()
    before, between, after = (
        partner.give_notice(keys_end + timedelta(days=days), "partner_left", TODAY, ZONE)
        for days in (-3, 2, 9)
    )

    assert [len(events.keys_renewed(partner, each)) for each in (before, between, after)] == [
        1, 0, 0,
    ]  # fmt: skip
    assert [each.shops.keys_ending for each in (before, between, after)] == [0, 1, 2]
    assert [each.keys_due_at for each in (before, between, after)] == [None] * 3
    leaving = fresh.give_notice(keys_end + timedelta(days=2), "partner_left", TODAY, ZONE)
    assert leaving.remind_of_keys().shops.keys_ending == 1
    for leaving in (before, between):
        stays = leaving.withdraw_notice()
        assert stays.keys_due_at is not None, "it is announced again"
        assert stays.remind_of_keys().shops.keys_ending == 2


def test_an_end_of_keys_is_announced_again_when_the_later_key_is_revoked() -> None:
    announced = (
        active().add_outlet("out_2", "D01", NOW).issue_key("out_2", KEYED, 0).remind_of_keys()
    )
    one = announced.issue_key("out_1", LATER, 0)
    both = one.issue_key("out_2", LATER, 0)
    assert events.keys_renewed(announced, both)

    back = both.note_keys("out_1", KEYED, 0)

    assert back.keys_due_at == active().keys_due_at
    assert back.remind_of_keys().shops.keys_ending == 1
    sooner = both.note_keys("out_1", LATER - 1, 0).shops
    assert sooner.keys_end_at == datetime.fromtimestamp(LATER - 1, UTC)
    # Of an outlet that has none now its manager knows; what is announced is work already.
    assert both.note_keys("out_1", 0, 0).keys_due_at == both.keys_due_at
    assert one.note_keys("out_1", KEYED, 0).keys_due_at is None


def test_a_partner_that_leaves_is_not_reminded_of_its_last_day() -> None:
    leaving = notice(active())

    assert leaving.runs_out_at is None
    assert leaving.next_deadline(ZONE) == leaving.leaves_at
    assert active().keys_due_at is not None and leaving.keys_due_at is None


def test_an_offer_speaks_of_known_outlets_and_ends_after_it_begins() -> None:
    with pytest.raises(Invalid, match="unknown_outlet"):
        active().shops.set_of(["out_9"])
    with pytest.raises(Invalid, match="dates_reversed"):
        propose(active(), offer(2, 9, date(2026, 11, 1), date(2026, 10, 31)))
    assert propose(active(), offer(2, 9, date(2026, 11, 1), date(2026, 11, 1))).book.proposed


def test_an_outlet_is_in_a_district_of_the_partner_whose_districts_keep_their_outlets() -> None:
    with pytest.raises(Invalid, match="outlet_in_other_district"):
        active().add_outlet("out_2", "D09", NOW)
    with pytest.raises(Invalid, match="outlet_in_other_district"):
        active().move_outlet("out_1", "D09")
    with pytest.raises(Invalid, match="district_has_outlets"):
        active().edit("Гастроном", "grocery", ("D02",))

    moved = active().move_outlet("out_1", "D02")
    assert moved.edit("Гастроном", "grocery", ("D02",)).district_ids == ("D02",)


def test_open_offers_are_limited_and_those_that_are_over_make_room() -> None:
    partner = active()
    for number in range(2, MAX_OPEN + 1):
        partner = publish(partner, offer(number, 9, date(2026, 11, number)))

    with pytest.raises(IllegalStep, match="too_many_offers"):
        propose(partner, offer(99, 9, date(2026, 12, 1)))

    january = datetime(2027, 1, 10, tzinfo=UTC)
    renewed = partner.propose_offer(offer(99, 9, date(2027, 2, 1)), date(2027, 1, 10), january)
    assert len(renewed.book.offers) == 2
