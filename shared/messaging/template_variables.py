"""What each message says about a person, as the owner of the contact may let it out.

The published half of the templates of notifications: `data/letters.toml` names every template per
owning service with exactly the variables its text uses. An owner answers
`recipients.answer(event, resolver, letters.declared("intake"))` and its resolver fills
`{name: … for name in letters.declared("intake")[ask.template]}`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_LETTERS = Path(__file__).parents[1] / "data" / "letters.toml"


@cache
def declared(owner: str) -> Mapping[str, frozenset[str]]:
    """The templates that ask this owner, each with the variables it may let out."""
    data = tomllib.loads(_LETTERS.read_text(encoding="utf-8"))
    return {template: frozenset(names) for template, names in data[owner].items()}
