"""The life of a partner, every transition of it (requirements 11.6), and its offers."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.cards.offers.domain import Offer
from services.cards.offers.values import OfferStatus
from services.cards.partners.domain import Partner
from services.cards.partners.values import (
    Outlet,
    PartnerStatus,
    Source,
    StoreKey,
)
from shared.errors import IllegalStep, Invalid

NOW = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
TODAY = date(2026, 10, 5)
ZONE = ZoneInfo("Europe/Samara")


def lead() -> Partner:
    return Partner(
        id="par_1", region="ZR", title="Гастроном", category="grocery",
        district_ids=("D01", "D02"), source=Source.AUTHORITY, proposed_by="RA", org="shop-01",
    )  # fmt: skip


def outlet(number: int = 1) -> Outlet:
    return Outlet(
        id=f"out_{number}", title="На площади", district_id="D01", address="Труда, 1",
        latitude=53.2, longitude=50.1,
    )  # fmt: skip


def offer(number: int, percent: int, first: date, last: date | None = None, *where: str) -> Offer:
    return Offer(
        id=f"ofr_{number}", version=number, percent=percent, goods_scope="Всё", outlets=where,
        valid_from=first, valid_to=last, proposed_by="PM-01",
    )  # fmt: skip


def key(number: int = 1, where: str = "out_1", *, sandbox: bool = False) -> StoreKey:
    return StoreKey.made(f"key_{number}", where, "hash", NOW, sandbox=sandbox)


def complete() -> Partner:
    return (
        lead()
        .take()
        .add_outlet(outlet())
        .issue_key(key())
        .propose_offer(offer(1, 7, TODAY), TODAY)
        .record_agreement("14/2026")
    )


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
    "give_notice": lambda p: p.give_notice(date(2026, 10, 31), "partner_left", TODAY, ZONE),
    "add_outlet": lambda p: p.add_outlet(outlet(2)),
    "issue_key": lambda p: p.issue_key(key(2)),
    "propose_offer": lambda p: p.propose_offer(offer(9, 9, date(2026, 11, 1)), TODAY),
    "record_agreement": lambda p: p.record_agreement("15/2026"),
}
ALLOWED = {
    ("take", PartnerStatus.LEAD): PartnerStatus.NEGOTIATING,
    ("decline", PartnerStatus.LEAD): PartnerStatus.DECLINED,
    ("decline", PartnerStatus.NEGOTIATING): PartnerStatus.DECLINED,
    ("publish", PartnerStatus.NEGOTIATING): PartnerStatus.ACTIVE,
    ("pause", PartnerStatus.ACTIVE): PartnerStatus.PAUSED,
    ("resume", PartnerStatus.PAUSED): PartnerStatus.ACTIVE,
    ("end", PartnerStatus.ACTIVE): PartnerStatus.ENDED,
    ("end", PartnerStatus.PAUSED): PartnerStatus.ENDED,
    ("give_notice", PartnerStatus.ACTIVE): PartnerStatus.ACTIVE,
    ("give_notice", PartnerStatus.PAUSED): PartnerStatus.PAUSED,
    **{
        (step, status): status
        for step in ("add_outlet", "issue_key", "propose_offer", "record_agreement")
        for status in (PartnerStatus.NEGOTIATING, PartnerStatus.ACTIVE, PartnerStatus.PAUSED)
    },
}


@pytest.mark.requirement("S0-40")
@pytest.mark.parametrize("status", list(PartnerStatus))
@pytest.mark.parametrize("step", list(STEPS))
def test_each_step_is_taken_where_the_machine_allows_it_and_nowhere_else(
    step: str, status: PartnerStatus
) -> None:
    partner = partners()[status]
    expected = ALLOWED.get((step, status))

    if expected is None:
        with pytest.raises(IllegalStep) as refused:
            STEPS[step](partner)
        assert step not in refused.value.next_steps
    else:
        assert STEPS[step](partner).status is expected


def test_a_sandbox_key_connects_no_till() -> None:
    partner = lead().take().add_outlet(outlet()).issue_key(key(sandbox=True))
    partner = partner.propose_offer(offer(1, 7, TODAY), TODAY).record_agreement("14/2026")

    with pytest.raises(IllegalStep, match="key_missing"):
        partner.publish("CL-0", NOW, ZONE)


def test_every_open_outlet_needs_an_offer_and_a_key() -> None:
    partner = complete().add_outlet(outlet(2))
    with pytest.raises(IllegalStep, match="key_missing"):
        partner.publish("CL-0", NOW, ZONE)

    assert partner.close_outlet("out_2").publish("CL-0", NOW, ZONE).status is PartnerStatus.ACTIVE


@pytest.mark.requirement("S0-39")
def test_days_of_the_region_become_moments_at_publication() -> None:
    partner = active().propose_offer(offer(2, 9, date(2026, 11, 1), date(2026, 11, 30)), TODAY)
    published = partner.publish_offer("ofr_2", "CL-0", TODAY, ZONE).offer("ofr_2")

    assert published.starts_at == datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
    assert published.ends_at == datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    assert published.status is OfferStatus.PUBLISHED


@pytest.mark.requirement("S0-39")
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
    partner = active().propose_offer(offer(2, 9, date(2026, 11, 1)), TODAY)
    partner = partner.publish_offer("ofr_2", "CL-0", TODAY, ZONE)

    found = partner.offer_at("out_1", moment)

    assert (found and found.percent) == percent


def test_outlets_may_have_offers_of_their_own_but_one_each() -> None:
    partner = (
        complete()
        .add_outlet(outlet(2))
        .issue_key(key(2, "out_2"))
        .withdraw_offer("ofr_1", NOW)
        .propose_offer(offer(2, 5, TODAY, None, "out_1"), TODAY)
        .propose_offer(offer(3, 9, TODAY, None, "out_2"), TODAY)
        .publish("CL-0", NOW, ZONE)
    )

    percents = {o: [s.percent for s in partner.offers_in(o, NOW)] for o in ("out_1", "out_2")}
    assert percents == {"out_1": [5], "out_2": [9]}
    both = partner.propose_offer(offer(4, 8, date(2026, 11, 1)), TODAY)
    both = both.publish_offer("ofr_4", "CL-0", TODAY, ZONE)
    assert [s.percent for s in both.offers_in("out_2", NOW)] == [9, 8]
    with pytest.raises(IllegalStep, match="offer_overlaps"):
        both.propose_offer(offer(5, 6, date(2026, 10, 20), None, "out_2"), TODAY).publish_offer(
            "ofr_5", "CL-0", TODAY, ZONE
        )


def test_two_offers_of_one_outlet_cannot_both_be_published_at_once() -> None:
    partner = complete().propose_offer(offer(2, 9, TODAY), TODAY)

    with pytest.raises(IllegalStep, match="offer_overlaps"):
        partner.publish("CL-0", NOW, ZONE)


def test_past_offers_are_not_carried_to_the_till() -> None:
    partner = active().propose_offer(offer(2, 9, date(2026, 11, 1)), TODAY)
    partner = partner.publish_offer("ofr_2", "CL-0", TODAY, ZONE)

    partner = partner.propose_offer(offer(3, 15, date(2026, 12, 1), date(2026, 12, 31)), TODAY)
    partner = partner.publish_offer("ofr_3", "CL-0", TODAY, ZONE)

    later = partner.offers_in("out_1", datetime(2027, 1, 10, tzinfo=UTC))

    assert [span.percent for span in later] == [7, 9]


def test_a_standing_discount_resumes_after_a_temporary_one() -> None:
    partner = active().propose_offer(offer(2, 15, date(2026, 11, 1), date(2026, 11, 30)), TODAY)
    partner = partner.publish_offer("ofr_2", "CL-0", TODAY, ZONE)

    moments = [datetime(2026, month, 15, tzinfo=UTC) for month in (10, 11, 12)]
    offers = [partner.offer_at("out_1", moment) for moment in moments]
    following = [partner.offer_after("out_1", moment) for moment in moments]

    assert [o and o.percent for o in offers] == [7, 15, 7]
    assert [o and o.percent for o in following] == [15, 7, None]
    assert partner.runs_out_at is None


def test_the_end_of_the_last_discount_is_announced_two_weeks_before() -> None:
    partner = complete().withdraw_offer("ofr_1", NOW)
    partner = partner.propose_offer(offer(2, 5, TODAY, date(2026, 10, 31)), TODAY)
    partner = partner.publish("CL-0", NOW, ZONE)
    end = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
    early = end - timedelta(days=14)

    assert partner.due(early - timedelta(seconds=1), ZONE) == ()
    assert partner.due(early, ZONE) == ("offer_ending",)
    assert (partner.runs_out_at, partner.outlets_without_offer(end)) == (end, ["out_1"])
    assert partner.remind().next_deadline(ZONE) is None
    renewed = partner.remind().propose_offer(
        offer(3, 6, date(2026, 11, 1), date(2026, 11, 30)), TODAY
    )
    renewed = renewed.publish_offer("ofr_3", "CL-0", TODAY, ZONE)
    assert renewed.runs_out_at == datetime(2026, 11, 30, 20, 0, tzinfo=UTC)
    assert renewed.withdraw_offer("ofr_3", early).due(early, ZONE) == ("offer_ending",)


def test_a_partner_that_leaves_is_not_reminded_of_its_last_day() -> None:
    leaving = active().give_notice(date(2026, 10, 31), EndReason.PARTNER_LEFT, TODAY, ZONE)

    assert leaving.runs_out_at is None
    assert leaving.next_deadline(ZONE) == leaving.leaves_at


def test_an_offer_speaks_of_known_outlets_and_ends_after_it_begins() -> None:
    with pytest.raises(Invalid, match="unknown_outlet"):
        active().propose_offer(offer(2, 9, date(2026, 11, 1), None, "out_9"), TODAY)
    with pytest.raises(Invalid, match="dates_reversed"):
        active().propose_offer(offer(2, 9, date(2026, 11, 1), date(2026, 10, 31)), TODAY)


def test_an_outlet_lies_in_a_district_of_the_partner() -> None:
    foreign = outlet(2).model_copy(update={"district_id": "D09"})

    with pytest.raises(Invalid, match="outlet_in_other_district"):
        active().add_outlet(foreign)


def test_old_keys_are_forgotten_two_months_after_their_year() -> None:
    partner = active()
    much_later = NOW + timedelta(days=430)
    fresh = StoreKey.made("key_2", "out_1", "hash", much_later, sandbox=False)

    assert [k.id for k in partner.issue_key(fresh).keys] == ["key_2"]
