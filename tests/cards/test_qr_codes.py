"""The QR of a phone turns every 30 s; the QR of a printed card is signed."""

import pytest

from services.cards import qr_codes, till_read_model

KEY = b"k" * 32
HANDLE = till_read_model.handle_of(b"n" * 32, "2839480981189483")
NOON = 1_790_000_010.0


def _scan(moment: float, generation: int = 1) -> qr_codes.Scanned:
    secret = qr_codes.rotating_secret(KEY, HANDLE, 1)
    text = qr_codes.rotating_token(secret, HANDLE, generation, qr_codes.step_at(moment))
    scanned = qr_codes.parse(text)
    assert scanned is not None
    return scanned


@pytest.mark.parametrize("skew", [-30, 0, 29, 30])
def test_a_rotating_code_holds_for_its_step_and_one_step_of_clock_skew(skew: int) -> None:
    assert qr_codes.step_of(KEY, _scan(NOON), NOON + skew) == qr_codes.step_at(NOON)


@pytest.mark.parametrize("age", [60, 90, 86_400])
def test_a_screenshot_a_minute_old_is_worth_nothing(age: int) -> None:
    assert qr_codes.step_of(KEY, _scan(NOON), NOON + age) is None


def test_a_code_of_another_generation_does_not_fit() -> None:
    assert qr_codes.step_of(KEY, _scan(NOON, generation=2), NOON) is None


def test_a_static_token_proves_itself_and_a_forged_one_does_not() -> None:
    genuine = qr_codes.parse(qr_codes.static_token(KEY, HANDLE, 3))
    forged = qr_codes.parse(qr_codes.static_token(b"x" * 32, HANDLE, 3))

    assert genuine is not None and qr_codes.static_is_genuine(KEY, genuine)
    assert forged is not None and not qr_codes.static_is_genuine(KEY, forged)
    assert not genuine.rotating and genuine.generation == 3


@pytest.mark.parametrize(
    "text", ["", "RS.A.1", "XX.A.1.B", "RS.A.x.B", "RS.A.1234567.B", "Я.A.1.B"]
)
def test_a_foreign_qr_is_none_of_ours(text: str) -> None:
    assert qr_codes.parse(text) is None


def test_no_qr_carries_the_number() -> None:
    assert "2839480981189483" not in qr_codes.static_token(KEY, HANDLE, 1)
