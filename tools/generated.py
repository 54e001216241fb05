"""Files that are written from the code; each generator of `make docs` says what they hold.

`python -m tools.NAME` writes those that are stale; with `--check` it only names them.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from infra.services import ROOT

# What a file should hold; None is for one that should not be there.
Documents = Mapping[Path, str | None]


def stale(documents: Documents) -> list[str]:
    """Name the files that are not as they should be."""
    held = {path: path.read_text("utf-8") if path.is_file() else None for path in documents}
    return [str(path.relative_to(ROOT)) for path in documents if held[path] != documents[path]]


def run(documents: Documents) -> int:
    """Write the stale files, or with `--check` name them."""
    found = stale(documents)
    if sys.argv[1:] == ["--check"]:
        sys.stdout.writelines(f"stale: {name}\n" for name in found)
        return 1 if found else 0
    for path in (ROOT / name for name in found):
        text = documents[path]
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return 0
