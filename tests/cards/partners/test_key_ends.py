"""The end of a partner's keys is announced, unless they are renewed or it leaves before."""

from datetime import UTC, datetime, timedelta

import pytest

from services.cards.partners import events
from tests.cards.partners.life import KEYED, LATER, NOW, TODAY, ZONE, active, notice


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
