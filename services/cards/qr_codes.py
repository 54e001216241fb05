"""The QR codes of a card: a static token for paper, a code that turns every 30 s for phones.

Both carry the handle and a generation, never the number. Paper and phone have a generation each:
a new phone or a block voids what phones show, a new print order what was printed before; neither
touches the other. The phone's secret is derived from the service's key when it is given out and
again at each check; it is stored nowhere. Capitals keep the picture small (alphanumeric mode). A
phone needs no more than HMAC-SHA256 to follow; docs/phone-code.md has test vectors.

    static     RS.<handle>.<print generation>.<signature>
    rotating   RR.<handle>.<phone generation>.<code>    code = HMAC(secret, time // 30 s)
"""

import base64
import hmac
import re
from typing import NamedTuple

ROTATING_KEY = "rotating-code"
STATIC_KEY = "static-token"
STEP_SECONDS = 30
SKEW_STEPS = 1
_STATIC = "RS"
_ROTATING = "RR"
_TOKEN = re.compile(
    rf"{_STATIC}(?:\.[A-Z2-7]{{32}}\.\d{{1,6}}\.)[A-Z2-7]{{24}}|"
    rf"{_ROTATING}(?:\.[A-Z2-7]{{32}}\.\d{{1,6}}\.)[A-Z2-7]{{16}}",
    re.ASCII,
)


class Scanned(NamedTuple):
    """The parts of a scanned QR; none of them is proved yet."""

    rotating: bool
    handle: str
    generation: int
    proof: str


def step_at(moment: float) -> int:
    """Return the 30-second step a moment falls into."""
    return int(moment // STEP_SECONDS)


def rotating_secret(qr_key: bytes, handle: str, generation: int) -> str:
    """Return the secret that a holder's phone keeps."""
    digest = hmac.digest(qr_key, f"rotating|{handle}|{generation}".encode(), "sha256")
    return base64.b32encode(digest).decode("ascii").rstrip("=")


def rotating_code(secret: str, step: int) -> str:
    """Return the code a phone shows during one step: 80 bits."""
    digest = hmac.digest(secret.encode("ascii"), str(step).encode("ascii"), "sha256")
    return base64.b32encode(digest[:10]).decode("ascii")


def rotating_token(secret: str, handle: str, generation: int, step: int) -> str:
    """Return the text of the QR a phone shows during one step."""
    return f"{_ROTATING}.{handle}.{generation}.{rotating_code(secret, step)}"


def static_token(qr_key: bytes, handle: str, generation: int) -> str:
    """Return the text of the QR on a printed card."""
    return f"{_STATIC}.{handle}.{generation}.{_signature(qr_key, handle, generation)}"


def tokens_in(text: str) -> frozenset[str]:
    """Return the different texts of QR codes of ours that a text in capitals holds."""
    return frozenset(_TOKEN.findall(text))


def parse(token: str) -> Scanned:
    """Return the parts of the text of a QR code of ours."""
    kind, handle, generation, proof = token.split(".")
    return Scanned(kind == _ROTATING, handle, int(generation), proof)


def static_is_genuine(qr_key: bytes, scanned: Scanned) -> bool:
    """Return whether we signed this static token."""
    expected = _signature(qr_key, scanned.handle, scanned.generation)
    return hmac.compare_digest(expected, scanned.proof)


def step_of(qr_key: bytes, scanned: Scanned, moment: float, around: int = SKEW_STEPS) -> int | None:
    """Return the step of a rotating code, if it is this one or of so many before and after."""
    secret = rotating_secret(qr_key, scanned.handle, scanned.generation)
    here = step_at(moment)
    steps = range(here - around, here + around + 1)
    fitting = [s for s in steps if hmac.compare_digest(rotating_code(secret, s), scanned.proof)]
    return fitting[0] if fitting else None


def qr_svg(text: str) -> str:
    """Return a QR code as an SVG element for a page."""
    import segno

    return str(segno.make_qr(text, error="m").svg_inline(scale=4, border=2))


def _signature(qr_key: bytes, handle: str, generation: int) -> str:
    digest = hmac.digest(qr_key, f"static|{handle}|{generation}".encode(), "sha256")
    return base64.b32encode(digest[:15]).decode("ascii")
