"""What the owner of a contact lets out about a person, for each template.

The published half of the templates of notifications: `data/template_variables.toml`, which
`make docs` writes from them, names every template per owner of the contact, with exactly the
variables that its texts use. See `shared.messaging.recipients`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shared.data_files import read_toml

PATH = Path(__file__).parents[1] / "data" / "template_variables.toml"


@cache
def declared(owner: str) -> Mapping[str, frozenset[str]]:
    """Return the templates that ask this owner, each with the variables it may let out."""
    data = read_toml(PATH)
    return {template: frozenset(names) for template, names in data[owner].items()}
