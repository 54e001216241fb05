"""For how long a provider wants to be left alone."""

import math
from collections.abc import Mapping
from typing import Any

from urllib3 import Retry
from urllib3.exceptions import InvalidHeader

# A provider that wants more is tried again after an hour.
LONGEST_REST = 3600


def seconds_to_wait(headers: Mapping[str, str], fields: Mapping[str, Any]) -> int | None:
    """Return for how long to be silent: a header says so, or Telegram in its body."""
    within = fields.get("parameters")
    said = within.get("retry_after") if isinstance(within, dict) else None
    text = str(headers.get("Retry-After", "") if said is None else said)
    try:
        return math.ceil(Retry(retry_after_max=LONGEST_REST).parse_retry_after(text))
    except (InvalidHeader, ValueError, OverflowError):
        return None
