"""Files of data that ship with the code."""

import json
from pathlib import Path
from typing import Any


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a file says, from the JSON that packaging has made of it where there is one.

    TOML is parsed a hundred times slower: all lists of codes are 25 ms of a cold start.
    """
    packaged = path.with_suffix(".json")
    if packaged.is_file():
        found: dict[str, Any] = json.loads(packaged.read_text("utf-8"))
        return found
    import tomllib

    return tomllib.loads(path.read_text("utf-8"))
