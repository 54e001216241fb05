"""For how long a provider wants to be left alone."""

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from shared import clock

# A provider that wants more is tried again after an hour.
LONGEST_REST = 3600


def seconds_to_wait(headers: Mapping[str, str], fields: Mapping[str, Any]) -> int | None:
    """Return for how long to be silent: a header says so, or Telegram in its body."""
    within = fields.get("parameters")
    said = within.get("retry_after") if isinstance(within, dict) else None
    text = str(said if said is not None else headers.get("Retry-After") or "").strip()
    if text.isdecimal() and text.isascii():
        return min(int(text[:6]), LONGEST_REST)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date without a zone is one of GMT, too.
    seconds = (until.replace(tzinfo=until.tzinfo or UTC) - clock.wall()).total_seconds()
    return min(max(math.ceil(seconds), 0), LONGEST_REST)
