"""Which pages may call an API from a browser: those of the origins that the stage names.

No cookie is ever taken, so an origin that is allowed can do no more than its user's own token. To
all other origins an answer has no header that lets their pages read it, and their question before
a call (the preflight) is refused.
"""

from collections.abc import Iterable

from shared import settings
from shared.api.inputs import Request
from shared.errors import Forbidden

SECONDS = 7200
ASKED = (
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Ryadom-Role",
    "Ryadom-On-Behalf-Of", "X-API-Key", "X-Correlation-Id",
)  # fmt: skip
SHOWN = (
    "ETag", "Idempotency-Replayed", "Location", "Retry-After", "WWW-Authenticate",
    "X-Correlation-Id", "X-Request-Id",
)  # fmt: skip


def allows(origin: str | None) -> bool:
    """Return whether pages of an origin may call, as the browser names it."""
    return bool(origin) and origin in settings.allowed_origins().split(",")


def headers_of_answer(request: Request) -> dict[str, str]:
    """Return what lets the page that asked read an answer, if it may."""
    origin = request.header("Origin")
    if origin is None or not allows(origin):
        # A cache must not give the answer to a page that may read one.
        return {"Vary": "Origin"} if settings.allowed_origins() else {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": ", ".join(SHOWN),
        "Vary": "Origin",
    }


def preflight(request: Request, methods: Iterable[str]) -> dict[str, str]:
    """Return the answer to a browser that asks before a call; refuse other origins."""
    if not allows(request.header("Origin")):
        raise Forbidden("preflight", "origin_not_allowed")
    return {
        "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
        "Access-Control-Allow-Headers": ", ".join(ASKED),
        "Access-Control-Max-Age": str(SECONDS),
    }
