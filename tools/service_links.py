"""Writes the list of the services, with links to their READMEs, into the pages that show it.

A page says where: between `<!-- services -->` and `<!-- /services -->`, within one line.
`python -m tools.service_links` writes; with `--check` it writes nothing and names the stale pages.
"""

import re
import sys
from pathlib import Path

from infra.services import ROOT, service_names

PAGES = ("README.md", "docs/architecture.md")
_MARKED = re.compile("(<!-- services -->).*?(<!-- /services -->)")


def linked(text: str, page: str, services: tuple[str, ...]) -> str:
    """Return a page's text with the list in its marked places; raises ValueError without one."""
    up = "../" * page.count("/")
    links = ", ".join(f"[{name}]({up}services/{name}/README.md)" for name in services)
    written, places = _MARKED.subn(rf"\g<1>{links}\g<2>", text)
    if not places:
        raise ValueError(f"{page} marks no place for the list of services")
    return written


def documents() -> dict[Path, str]:
    """Return each page as it should be."""
    return {
        ROOT / page: linked((ROOT / page).read_text("utf-8"), page, service_names())
        for page in PAGES
    }


def stale() -> list[Path]:
    """Return the pages whose list is not that of the folders."""
    return [path for path, text in documents().items() if path.read_text("utf-8") != text]


def main() -> int:
    """Write the pages, or with `--check` name the stale ones."""
    wrong = stale()
    if sys.argv[1:] == ["--check"]:
        sys.stdout.writelines(f"stale: {path.relative_to(ROOT)}\n" for path in wrong)
        return 1 if wrong else 0
    for path in wrong:
        path.write_text(documents()[path], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
