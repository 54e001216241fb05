"""From what a till sent to the card it names, at the same cost whatever it is.

Every text names some card row: one that was never issued names a row that does not exist.
So a wrong check digit, a forged code and an unknown number go the same way from here on.
"""

import hmac

from services.cards import card_numbers, qr_codes, till_read_model
from services.cards.till.domain import REPEAT_WITHIN, Scan
from shared.keyring import Secrets

HANDLE_CHARACTERS = 32
LATE_STEPS = REPEAT_WITHIN // qr_codes.STEP_SECONDS + qr_codes.SKEW_STEPS
_NO_NUMBER = "-"


def scan(text: str, secrets: Secrets, moment: float) -> Scan:
    """Return the card that a text names; what is no QR of ours is read as a number."""
    found = qr_codes.parse(text)
    if found is None or len(found.handle) != HANDLE_CHARACTERS:
        return _typed(text, secrets)
    if not found.rotating:
        genuine = qr_codes.static_is_genuine(secrets.child(qr_codes.STATIC_KEY), found)
        return Scan(found.handle, "static", genuine, found.generation, proof=found.proof)
    key = secrets.child(qr_codes.ROTATING_KEY)
    step = qr_codes.step_of(key, found, moment)
    shown = step if step is not None else _late_step(key, found, moment)
    return Scan(found.handle, "rotating", step is not None, found.generation, shown)


def _late_step(key: bytes, found: qr_codes.Scanned, moment: float) -> int | None:
    """Return the step of a code that has run out while its request may still be repeated."""
    secret = qr_codes.rotating_secret(key, found.handle, found.generation)
    here = qr_codes.step_at(moment)
    steps = range(here - LATE_STEPS, here)
    fitting = [
        each
        for each in steps
        if hmac.compare_digest(qr_codes.rotating_code(secret, each), found.proof)
    ]
    return fitting[0] if fitting else None


def _typed(text: str, secrets: Secrets) -> Scan:
    # No look at the check digit: a number that was never issued names no row all the same.
    number = card_numbers.digits_in(text)
    handle = till_read_model.handle_of(
        secrets.child(till_read_model.NUMBER_KEY), number or _NO_NUMBER
    )
    return Scan(handle, "typed", number is not None)
