"""From what a till sent to the card it names, at the same cost whatever card that is.

A scanner types like a keyboard: under the layout of a language of Russia or of a neighbour other
letters arrive, with Caps Lock small ones, and many put the kind of barcode in front (`]Q3`). All
that is undone here. A text that names no card even then, or two, is no guess: the cashier is asked
to scan again.

Every text that names a card names some row: one that was never issued names a row that does not
exist. So a wrong check digit, a forged code and an unknown number go the same way from here on.
"""

import re
import tomllib
import unicodedata
from pathlib import Path

from services.cards import card_numbers, qr_codes, till_read_model
from services.cards.till.domain import MAX_SCANNED, REPEAT_WITHIN, Scan
from shared.keyring import Secrets

NEAR_STEPS = REPEAT_WITHIN // qr_codes.STEP_SECONDS + qr_codes.SKEW_STEPS

_KEYS = tomllib.loads(Path(__file__).with_name("messages.toml").read_text("utf-8"))["keyboard"]


def _layout(name: str, keys: str = "american") -> dict[int, int]:
    typed, meant = _KEYS[name], _KEYS[keys]
    return str.maketrans(typed + typed.upper(), meant + meant.upper())


_RUSSIAN = _layout("russian")
_LAYOUTS = (
    _RUSSIAN,
    *map(_layout, ("tatar", "ukrainian", "belarusian")),
    *(_RUSSIAN | _layout(each, "american_digits") for each in ("kazakh_digits", "bashkir_digits")),
)
# The kind of barcode as AIM names it.
_SYMBOLOGY = re.compile(r"\][A-Z][0-9A-Z]")
# A scanner may be set to put letters of its own around what it read. Among other digits it is the
# number of something else: in the QR of any receipt that of the fiscal store has 16.
_NUMBER = re.compile(r"\D*(\d{16})\D*", re.ASCII)


def scan(text: str, secrets: Secrets, moment: float) -> Scan | None:
    """Return the card that a text names: a QR of ours or a number; None when it names none."""
    # Normalised, the sign of a number would be two letters; under the Bashkir layout it is 0.
    normal = "№".join(unicodedata.normalize("NFKC", part) for part in text.split("№"))
    # One sign may become 18, to waste our time.
    cut = normal[:MAX_SCANNED]
    visible = "".join(each for each in cut if each.isprintable() and not each.isspace())
    # Under any of the layouts letters are Cyrillic.
    layouts = _LAYOUTS[:1] if visible.isascii() else _LAYOUTS
    tokens = next(filter(None, (_tokens(visible, layout) for layout in layouts)), frozenset())
    if len(tokens) > 1:
        return None  # of two cards that were held out together
    if tokens:
        (token,) = tokens
        return _scanned(qr_codes.parse(token), secrets, moment)
    if any(_SYMBOLOGY.match(visible[:3].translate(each).upper()) for each in layouts):
        visible = visible[3:]
    return _typed(visible, secrets)


def _tokens(typed: str, layout: dict[int, int]) -> frozenset[str]:
    """Return the different codes of ours in what was typed under a layout of the keyboard."""
    return qr_codes.tokens_in(typed.translate(layout).upper())


def _scanned(found: qr_codes.Scanned, secrets: Secrets, moment: float) -> Scan:
    if not found.rotating:
        genuine = qr_codes.static_is_genuine(secrets.child(qr_codes.STATIC_KEY), found)
        return Scan(found.handle, "static", genuine, found.generation, proof=found.proof)
    key = secrets.child(qr_codes.ROTATING_KEY)
    step = qr_codes.step_of(key, found, moment)
    # One that has run out may come with a repeated request, or from a phone with a wrong clock.
    shown = step if step is not None else qr_codes.step_of(key, found, moment, NEAR_STEPS)
    return Scan(found.handle, "rotating", step is not None, found.generation, shown)


def _typed(text: str, secrets: Secrets) -> Scan | None:
    # No look at the check digit: a number that was never issued names no row all the same.
    number = card_numbers.digits_in(text)
    if number is None:
        if (found := _NUMBER.fullmatch(text)) is None:
            return None
        number = found[1]
    handle = till_read_model.handle_of(secrets.child(till_read_model.NUMBER_KEY), number)
    return Scan(handle, "typed", genuine=True)
