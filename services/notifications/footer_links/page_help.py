"""Pages behind links in messages: what they share, and who helps a reader after a refusal.

The telephone of headquarters is the one that operations have set.
"""

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

from services.notifications.footer_links.repository import FooterLinksRepository
from shared.api.pages import Html, HtmlPage, fill
from shared.api.problems import status_of
from shared.data_files import read_toml
from shared.errors import DomainError, Invalid, NotFound, Unavailable
from shared.storage.list_keys import EVERYWHERE

PHONE = "hq_phone"
SHARED = Path(__file__).with_name("page.toml")

Texts = Mapping[str, Any]


def read_texts(own: Path) -> Texts:
    """Return the words and HTML of a page, with what all pages share."""
    found, shared = read_toml(own), read_toml(SHARED)
    parts = ("html", "refusals")
    return {**shared, **found, **{each: shared[each] | found.get(each, {}) for each in parts}}


def page_of(
    texts: Texts, title: str, body: Html, status: int = 200, posts: bool = False
) -> HtmlPage:
    """Return a page."""
    return HtmlPage(title=title, style=texts["style"], body=body, status=status, posts=posts)


def notice(
    texts: Texts,
    words: Mapping[str, str],
    region: str | None,
    footer_links: FooterLinksRepository,
    status: int = 200,
) -> HtmlPage:
    """Return a page that only says something; `$turn` in it is who helps in a region."""
    text = words["text"]
    if "$turn" in text:
        text = Template(text).substitute(turn=_turn(texts["turn"], region, footer_links))
    body = fill(texts["html"]["notice"], title=words["title"], text=text)
    return page_of(texts, words["title"], body, status)


def _turn(words: Mapping[str, str], region: str | None, footer_links: FooterLinksRepository) -> str:
    try:
        phone = footer_links.for_region(region or EVERYWHERE).get(PHONE)
    except Unavailable:  # what the page says is true without it
        phone = None
    return words["none"] if phone is None else Template(words["phone"]).substitute(phone=phone)


def refusal_page(
    texts: Texts, refusal: DomainError, footer_links: FooterLinksRepository
) -> HtmlPage:
    """Return the page of a link that is used up, too old, altered or tried too often."""
    words = texts["refusals"]
    of_link = isinstance(refusal, Invalid | NotFound)
    said = words.get(refusal.code) or words["bad_link" if of_link else "other"]
    region = refusal.facts.get("region")
    known = region if isinstance(region, str) else None
    return notice(texts, said, known, footer_links, status_of(refusal))
