"""What each message says about a person, as the owner of the contact may let it out.

The published half of the templates of notifications: `data/template_variables.toml` names every template per
owning service with exactly the variables its text uses. An owner answers
`recipients.answer(event, resolver, template_variables.declared("intake"))` and its resolver fills
`{name: … for name in template_variables.declared("intake")[ask.template]}`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_VARIABLES = Path(__file__).parents[1] / "data" / "template_variables.toml"


@cache
def declared(owner: str) -> Mapping[str, frozenset[str]]:
    """The templates that ask this owner, each with the variables it may let out."""
    data = tomllib.loads(_VARIABLES.read_text(encoding="utf-8"))
    return {template: frozenset(names) for template, names in data[owner].items()}
