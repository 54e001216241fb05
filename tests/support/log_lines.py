"""What invocations printed: Powertools' log lines and its metrics, told apart."""

import json
from typing import Any


def log_lines(printed: str) -> list[dict[str, Any]]:
    """The lines of the log."""
    return [line for line in map(json.loads, printed.splitlines()) if "_aws" not in line]


def metric_lines(printed: str) -> list[dict[str, Any]]:
    """The lines in CloudWatch's embedded metric format."""
    return [line for line in map(json.loads, printed.splitlines()) if "_aws" in line]
