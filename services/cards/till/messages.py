"""The one sentence a cashier reads."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def _sentences() -> dict[str, str]:
    text = (Path(__file__).parent / "messages.toml").read_text(encoding="utf-8")
    sentences: dict[str, str] = tomllib.loads(text)["cashier"]
    return sentences


def for_cashier(reason: str, percent: int) -> str:
    """What to do now, in plain words."""
    return _sentences()[reason].format(percent=percent)
