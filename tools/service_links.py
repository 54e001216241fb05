"""Writes the list of the services, with links to their READMEs, into the pages that show it.

A page says where: between `<!-- services -->` and `<!-- /services -->`, within one line.
"""

import re
import sys

from infra.services import ROOT, service_names
from tools import generated

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


def documents() -> generated.Documents:
    """Return each page as it should be."""
    return {
        ROOT / page: linked((ROOT / page).read_text("utf-8"), page, service_names())
        for page in PAGES
    }


if __name__ == "__main__":
    sys.exit(generated.run(documents()))
