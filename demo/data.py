"""The demo's data files, read once; `texts()` are the words that the demo itself says."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from infra.configuration.regions import read_stage
from shared.reference.code_lists import shipped
from shared.reference.regions import Region

REGION = "ZR"
HERE = Path(__file__).parent
Facts = dict[str, Any]


@cache
def table(name: str) -> dict[str, Facts]:
    """One file of this folder: its tables by name, in the file's order."""
    found: dict[str, Facts] = tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))
    return found


@cache
def home(region: str = REGION) -> Region:
    """A region as the local stage has it: the one in which the stories play, or another one."""
    return read_stage("local")[region]


def texts() -> Facts:
    """What the demo says to whoever watches it."""
    return table("words")


def label(name: str, code: str) -> str:
    """What a code of a list is called in the middle of a sentence."""
    words = shipped()[name].codes[code].ru
    return words if words[1:2].isupper() else words[0].lower() + words[1:]


def private_words() -> set[str]:
    """Every phone, name, address and free text of the demo: none may be found in an open place."""
    found: set[str] = set()
    for name, keys in PRIVATE.items():
        for facts in table(name).values():
            found |= _words(facts, keys)
    return found


PRIVATE = {
    "families": ("name", "phone", "address", "words"),
    "guardians": ("person", "phone", "question"),
    "cards": ("name", "phone", "address"),
}


def _words(facts: Facts, keys: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for key, value in facts.items():
        if isinstance(value, list):
            parts = [part for part in value if isinstance(part, dict)]
            found |= {word for part in parts for word in _words(part, keys)}
        elif key == "phone":
            digits = "".join(sign for sign in str(value) if sign.isdigit())
            found |= {str(value), digits[1:]}
        elif key in keys:
            found |= {str(value), *([str(value).split()[0]] if key == "name" else [])}
    return found
