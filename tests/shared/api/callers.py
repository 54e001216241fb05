"""Who calls the sample service, and what it answers and logs."""

from typing import Any

import pytest

from shared.principal import Principal
from tests.support.api import Answer
from tests.support.log_lines import log_lines

HQ = Principal("HQ-1", "person", "regional_hq", ("regional_hq",), ("54",))
BOT = Principal("bot_1", "machine", "bot", ("bot",), ("*",), scopes=("act_for_family",))


def pointers(answer: Answer) -> dict[str, str]:
    """Which fields are wrong, and by which code."""
    return {each["pointer"]: each["code"] for each in answer.json["errors"]}


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines that were logged."""
    return log_lines(capsys.readouterr().out)
