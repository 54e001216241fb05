"""A code that is asked for: whether it leaves, and until when it is good."""

from datetime import UTC, datetime, timedelta

import pytest

from shared import clock
from shared.errors import IllegalStep
from shared.identity.sign_ins import (
    A_DAY_PER_CONTACT,
    DIGITS,
    LIFETIME,
    TRIES,
    SignIn,
    SignIns,
)
from shared.storage.store import Store
from tests.support.memory_dynamodb import MemoryDynamoDB
from tests.support.store_fixtures import TABLES

NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)


def sign_in(**more: object) -> SignIn:
    """A code for somebody who is known."""
    facts: dict[str, object] = {
        "id": "sgn_1",
        "contact": "index",
        "channel": "sms",
        "use": "sign_in",
        "person": "fam_1",
        "region": "ZR",
        "created_at": NOW,
        "expires_at": NOW + LIFETIME,
    }
    return SignIn.model_validate(facts | more)


def test_no_code_leaves_for_a_stranger_or_once_the_stage_has_sent_its_codes_of_the_hour() -> None:
    assert sign_in().sends
    assert not sign_in(person=None).sends
    assert not sign_in(withheld=True).sends


@pytest.mark.parametrize(
    ("made", "use", "code", "step"),
    [
        (sign_in(expires_at=NOW), "sign_in", "sign_in_over", "request_code"),
        (sign_in(), "binding", "sign_in_over", "request_binding"),
        (sign_in().spend(NOW, "fam_1"), "old_contact", "sign_in_over", "start_contact_change"),
        (sign_in(wrong=TRIES), "sign_in", "sign_in_locked", "request_code"),
        (sign_in(wrong=TRIES), "new_contact", "sign_in_locked", "start_contact_change"),
    ],
)
def test_a_code_is_good_once_for_its_use_in_its_time_and_for_five_tries(
    made: SignIn, use: str, code: str, step: str
) -> None:
    with pytest.raises(IllegalStep, match=code) as refusal:
        made.require_open(NOW, use)
    assert refusal.value.next_steps == (step,), "the way by which a code of this use is asked for"
    sign_in(wrong=TRIES - 1).require_open(NOW, "sign_in")


def test_what_was_asked_for_is_forgotten_after_a_day() -> None:
    expires_at = SignIns(Store(MemoryDynamoDB(), TABLES)).row(sign_in()).expires_at

    assert expires_at is not None
    assert abs(expires_at - clock.wall() - timedelta(days=1)) < timedelta(minutes=1)


def test_who_guesses_every_code_of_a_contact_all_day_is_right_once_in_fifty_years() -> None:
    assert 10**DIGITS / (TRIES * A_DAY_PER_CONTACT) >= 50 * 365
