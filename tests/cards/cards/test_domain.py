"""The life of a card, every transition of it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.cards.cards.domain import Card
from services.cards.cards.values import (
    ENDED,
    Activation,
    ActivationCode,
    CardStatus,
    Entitlement,
    Hold,
    HoldDecision,
    HoldReason,
    OtherCard,
    PlacementOrder,
)
from shared.errors import IllegalStep, Invalid

ISSUED_AT = datetime(2026, 10, 5, 10, 0, tzinfo=UTC)
NOW = ISSUED_AT + timedelta(days=2)
HASH = "right"
ZONE = ZoneInfo("Europe/Samara")


def issued() -> Card:
    return Card(
        id="crd_1",
        handle="HANDLE",
        last4="9483",
        holder_ref="FP-02",
        region="ZR",
        district_id="D02",
        office="D02",
        entitlement=Entitlement(
            order=PlacementOrder(order_ref="1/26", ordered_on=date(2026, 10, 5))
        ),
        issued_at=ISSUED_AT,
        code=ActivationCode.made(HASH, ISSUED_AT, ZONE),
    )


def hold() -> Hold:
    other = OtherCard(id="crd_9", region="ZR", district_id="D01", office="D01", last4="0021")
    return Hold(because=HoldReason.SAME_FILE, others=(other,), at=ISSUED_AT)


def test_a_hold_keeps_the_index_of_no_phone_but_that_of_another_holder() -> None:
    (other,) = hold().others

    by_file = Hold.of(other, None, "index", NOW)
    by_phone = Hold.of(None, other, "index", NOW)

    assert by_file and by_file.because is HoldReason.SAME_FILE and by_file.contact is None
    assert by_phone and by_phone.because is HoldReason.SAME_PHONE and by_phone.contact == "index"


def activation(
    person: str = "per_1", *, processing: bool = True, community: bool = True
) -> Activation:
    return Activation(
        person=person,
        at=NOW,
        via="bot",
        district_id="D02",
        consent_processing=processing,
        consent_community=community,
    )


def cards() -> dict[CardStatus, Card]:
    active = issued().activate(activation())
    return {
        CardStatus.HELD: issued().held(hold()),
        CardStatus.ISSUED: issued(),
        CardStatus.ACTIVE: active,
        CardStatus.BLOCKED: active.block("lost"),
        CardStatus.REPLACED: active.replace("crd_2", "lost", NOW),
        CardStatus.REVOKED: active.revoke("placement_ended", NOW),
    }


STEPS = {
    "activate": lambda card: card.activate(activation()),
    "renew_code": lambda card: card.renew_code(ActivationCode.made("other", NOW, ZONE)),
    "hand_over_code": lambda card: card.hand_over_code(),
    "block": lambda card: card.block("lost"),
    "unblock": lambda card: card.unblock(NOW, ZONE),
    "replace": lambda card: card.replace("crd_2", "damaged", NOW),
    "revoke": lambda card: card.revoke("other", NOW),
    "decide_duplicate": lambda card: card.decide_duplicate(
        HoldDecision.DIFFERENT_PERSON, NOW, ZONE
    ),
}
ALLOWED = {
    ("activate", CardStatus.ISSUED): CardStatus.ACTIVE,
    ("renew_code", CardStatus.ISSUED): CardStatus.ISSUED,
    ("hand_over_code", CardStatus.ACTIVE): CardStatus.ACTIVE,
    ("block", CardStatus.ISSUED): CardStatus.BLOCKED,
    ("block", CardStatus.ACTIVE): CardStatus.BLOCKED,
    ("block", CardStatus.HELD): CardStatus.HELD,
    ("unblock", CardStatus.BLOCKED): CardStatus.ACTIVE,
    ("replace", CardStatus.ISSUED): CardStatus.REPLACED,
    ("replace", CardStatus.ACTIVE): CardStatus.REPLACED,
    ("replace", CardStatus.BLOCKED): CardStatus.REPLACED,
    ("revoke", CardStatus.ISSUED): CardStatus.REVOKED,
    ("revoke", CardStatus.ACTIVE): CardStatus.REVOKED,
    ("revoke", CardStatus.BLOCKED): CardStatus.REVOKED,
    ("decide_duplicate", CardStatus.HELD): CardStatus.ISSUED,
}


@pytest.mark.parametrize("status", list(CardStatus))
@pytest.mark.parametrize("step", list(STEPS))
def test_each_step_is_taken_where_the_machine_allows_it_and_nowhere_else(
    step: str, status: CardStatus
) -> None:
    card = cards()[status]
    expected = ALLOWED.get((step, status))

    if expected is None:
        with pytest.raises(IllegalStep) as refused:
            STEPS[step](card)
        assert step not in refused.value.next_steps
        if status in ENDED:  # what it is now, not what it never was
            assert refused.value.code == f"card_{status}"
    else:
        assert STEPS[step](card).status is expected


def test_a_held_card_ends_or_goes_on_where_it_was_with_thirty_days_for_its_code() -> None:
    later = NOW + timedelta(days=40)
    held, activated = issued().held(hold()), issued().activate(activation()).held(hold())

    other = held.decide_duplicate(HoldDecision.DIFFERENT_PERSON, later, ZONE)
    same = held.decide_duplicate(HoldDecision.SAME_PERSON, later, ZONE)

    assert other.code.fits(HASH) and other.code.last_day == date(2026, 12, 16)
    assert (other.code.place, other.held_because) == (1, None)
    assert (same.status, same.reason, same.ended_at) == (CardStatus.REVOKED, "same_person", later)
    on = activated.decide_duplicate(HoldDecision.DIFFERENT_PERSON, later, ZONE)
    assert on.status is CardStatus.ACTIVE and on.code == activated.code
    assert held.next_deadline(ZONE) is None


def test_a_held_card_awaits_no_code() -> None:
    with pytest.raises(IllegalStep, match="card_held"):
        issued().held(hold()).activate(activation())


def test_a_candidate_without_a_placement_or_an_order_gets_no_card() -> None:
    with pytest.raises(IllegalStep, match="placement_missing"):
        Entitlement().require(date(2026, 10, 5))

    Entitlement(placement_current=True).require(date(2026, 10, 5))
    issued().entitlement.require(date(2026, 10, 5))


def test_an_order_of_tomorrow_is_no_order_yet() -> None:
    with pytest.raises(Invalid, match="date_in_future"):
        issued().entitlement.require(date(2026, 10, 4))


def test_the_code_lives_to_the_end_of_the_thirtieth_local_day() -> None:
    code = issued().code

    assert code.last_day == date(2026, 11, 4)
    assert code.expires_at == datetime(2026, 11, 4, 20, 0, tzinfo=UTC)
    assert code.remind_at == ISSUED_AT + timedelta(days=14)


def test_an_expired_code_activates_nothing() -> None:
    late = activation().model_copy(update={"at": issued().code.expires_at})

    with pytest.raises(IllegalStep, match="code_expired") as refused:
        issued().activate(late)
    assert refused.value.next_steps == ("renew_code",)


def test_without_processing_consent_the_card_stays_issued() -> None:
    with pytest.raises(IllegalStep, match="processing_consent_missing"):
        issued().activate(activation(processing=False))


def test_community_consent_is_asked_and_not_needed() -> None:
    card = issued().activate(activation(community=False))

    assert card.status is CardStatus.ACTIVE and not card.consent_community


def test_only_the_holder_with_the_same_code_may_activate_again() -> None:
    card = issued().activate(activation("per_1"))

    assert card.already_activated_by("per_1", HASH)
    assert not card.already_activated_by("per_1", "wrong")
    assert not card.already_activated_by("per_2", HASH)
    assert not card.block("lost").already_activated_by("per_1", HASH)


def test_the_reminder_is_due_once_and_only_before_activation() -> None:
    card = issued()

    assert card.next_deadline(ZONE) == ISSUED_AT + timedelta(days=14)
    assert card.due(ISSUED_AT + timedelta(days=14), ZONE) == ("activation_due",)
    assert card.remind().next_deadline(ZONE) is None
    assert card.activate(activation()).next_deadline(ZONE) is None


def test_a_new_code_has_a_reminder_of_its_own() -> None:
    later = NOW + timedelta(days=20)
    renewed = issued().remind().renew_code(ActivationCode.made("new", later, ZONE))

    assert renewed.next_deadline(ZONE) == later + timedelta(days=14)


def test_a_second_phone_voids_the_codes_of_the_first() -> None:
    card = issued().activate(activation())

    assert (card.generation, card.hand_over_code().generation) == (1, 2)


def test_a_reported_placement_end_waits_for_the_leader() -> None:
    card = issued().activate(activation())
    reported = card.report_placement_end(date(2026, 10, 6), date(2026, 10, 7), grace_days=30)

    assert reported.status is CardStatus.ACTIVE
    assert reported.placement_ended_on == date(2026, 10, 6)
    with pytest.raises(Invalid, match="date_in_future"):
        card.report_placement_end(date(2026, 10, 8), date(2026, 10, 7), grace_days=30)


@pytest.mark.parametrize(
    ("ended", "grace", "last_day"),
    [
        (date(2026, 10, 6), 30, date(2026, 11, 5)),
        (date(2026, 10, 7), 0, date(2026, 10, 14)),
        (date(2026, 10, 5), 5, date(2026, 10, 14)),
    ],
)
def test_a_card_outlives_its_placement_by_the_grace_and_never_ends_without_a_weeks_warning(
    ended: date, grace: int, last_day: date
) -> None:
    card = issued().activate(activation()).report_placement_end(ended, date(2026, 10, 7), grace)
    over = datetime(last_day.year, last_day.month, last_day.day, 20, 0, tzinfo=UTC)

    assert card.closes_on == last_day
    assert card.next_deadline(ZONE) == over
    assert card.due(over - timedelta(seconds=1), ZONE) == ()
    assert card.due(over, ZONE) == ("placement_over",)
    closed = card.close_after_placement(over)
    assert (closed.status, closed.reason) == (CardStatus.REVOKED, "placement_ended")
    assert closed.next_deadline(ZONE) is None
    assert card.dismiss_placement_end().next_deadline(ZONE) is None


def test_a_card_that_ended_before_its_last_day_does_not_end_once_more() -> None:
    reported = (
        issued()
        .activate(activation())
        .report_placement_end(date(2026, 10, 6), date(2026, 10, 7), grace_days=30)
    )
    revoked = reported.revoke("other", NOW)

    assert revoked.closes_on is not None and revoked.next_deadline(ZONE) is None
    with pytest.raises(IllegalStep, match="card_revoked"):
        revoked.dismiss_placement_end()


def test_a_card_that_ends_while_it_is_held_keeps_the_index_of_no_phone_beyond_erasure() -> None:
    other = hold().others[0]
    ends = issued().report_placement_end(date(2026, 10, 6), date(2026, 10, 7), 0)
    held = ends.activate(activation()).held(Hold.of(None, other, "index", NOW))
    closed = held.close_after_placement(NOW)

    erased = closed.erase(NOW)

    assert closed.hold and closed.hold.contact == "index"
    assert erased.hold and (erased.hold.others, erased.hold.contact) == ((other,), None)


@pytest.mark.parametrize(
    ("grace", "last_day"),
    [(0, date(2026, 10, 14)), (5, date(2026, 10, 14)), (30, date(2026, 11, 5))],
)
def test_a_placement_end_that_is_reported_again_puts_off_nothing(
    grace: int, last_day: date
) -> None:
    ended, first = date(2026, 10, 6), date(2026, 10, 7)
    card = issued().activate(activation()).report_placement_end(ended, first, grace)

    again = card.report_placement_end(ended, date(2026, 10, 14), grace)

    assert (again.closes_on, again == card) == (last_day, True)
    longer = again.report_placement_end(ended, date(2026, 10, 14), grace_days=60)
    assert longer.closes_on == date(2026, 12, 5)
    other = again.report_placement_end(date(2026, 10, 7), date(2026, 10, 14), grace_days=0)
    assert other.closes_on == date(2026, 10, 21)


def test_a_second_theft_is_one_of_its_own_unless_it_was_reported_already() -> None:
    first, second = NOW - timedelta(days=90), NOW
    card = cards()[CardStatus.ACTIVE].model_copy(update={"stolen_at": first})

    assert card.theft_reported_at("stolen", second) == second
    assert card.theft_reported_at("damaged", second) == first
    # A card that was lost by itself says nothing of a phone, neither lost nor found.
    lost = card.block("lost", second)
    assert (lost.stolen_at, lost.unblock(second, ZONE).stolen_at) == (first, first)
    assert lost.theft_reported_at("stolen", second) == second
    blocked = card.block("stolen", second)
    assert blocked.unblock(second, ZONE).stolen_at == first, "what was stolen before is not found"
    new = cards()[CardStatus.ACTIVE].block("stolen", second)
    assert new.unblock(second, ZONE).stolen_at is None
    assert blocked.theft_reported_at("stolen", second + timedelta(days=1)) == second


def test_a_phone_in_place_of_a_stolen_one_can_be_stolen_too_once_it_shows_the_card() -> None:
    replaced = cards()[CardStatus.ACTIVE].phone_replaced()

    assert replaced.theft_reported_at("stolen", NOW) is None
    assert replaced.hand_over_code().theft_reported_at("stolen", NOW) == NOW
