"""The QR of a phone turns every 30 s; the QR of a printed card is signed."""

import pytest

from services.cards import qr_codes, till_read_model

KEY = b"k" * 32
HANDLE = till_read_model.handle_of(b"n" * 32, "2839480981189483")
PROOF = "B" * 24
NOON = 1_790_000_010.0


def _scan(moment: float, generation: int = 1) -> qr_codes.Scanned:
    secret = qr_codes.rotating_secret(KEY, HANDLE, 1)
    text = qr_codes.rotating_token(secret, HANDLE, generation, qr_codes.step_at(moment))
    return qr_codes.parse(text)


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

    assert qr_codes.static_is_genuine(KEY, genuine)
    assert not qr_codes.static_is_genuine(KEY, forged)
    assert not genuine.rotating and genuine.generation == 3


@pytest.mark.parametrize(
    "text",
    ["", "RS.A.1", f"XX.A.1.{PROOF}", f"RS.A.x.{PROOF}", f"RS.A.1234567.{PROOF}", "RS.A.1.B"],
)
def test_a_foreign_qr_is_none_of_ours(text: str) -> None:
    assert qr_codes.tokens_in(text.replace("A", HANDLE, 1)) == frozenset()


def test_no_qr_carries_the_number() -> None:
    assert "2839480981189483" not in qr_codes.static_token(KEY, HANDLE, 1)
