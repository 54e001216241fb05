"""The life of a partner and every transition of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from services.cards.partners.domain import Partner
from services.cards.partners.values import PartnerStatus
from shared.errors import IllegalStep, Invalid
from tests.cards.partners.life import (
    KEYED,
    NOW,
    TODAY,
    ZONE,
    active,
    complete,
    lead,
    notice,
    offer,
    propose,
    publish,
)


def with_one_to_come(partner: Partner) -> Partner:
    return partner._with(book=partner.book.add(offer(9, 9, date(2026, 11, 1)), NOW))


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


def test_a_notice_of_two_weeks_is_long_enough() -> None:
    last_day = TODAY + timedelta(days=14)
    assert active().give_notice(last_day, "partner_left", TODAY, ZONE).last_day == last_day
    with pytest.raises(Invalid, match="notice_too_short"):
        active().give_notice(last_day - timedelta(days=1), "partner_left", TODAY, ZONE)


def test_an_outlet_is_in_a_district_of_the_partner_whose_districts_keep_their_outlets() -> None:
    with pytest.raises(Invalid, match="outlet_in_other_district"):
        active().add_outlet("out_2", "D09", NOW)
    with pytest.raises(Invalid, match="outlet_in_other_district"):
        active().move_outlet("out_1", "D09")
    with pytest.raises(Invalid, match="district_has_outlets"):
        active().edit("Гастроном", "grocery", ("D02",))

    moved = active().move_outlet("out_1", "D02")
    assert moved.edit("Гастроном", "grocery", ("D02",)).district_ids == ("D02",)
