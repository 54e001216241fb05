"""The page on which a person says how it would like to be written to; words in `page.toml`."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from services.notifications.footer_links.page_help import region_of, with_help
from services.notifications.footer_links.repository import FooterLinksRepository
from services.notifications.preferences.commands import SetPreferences
from services.notifications.preferences.domain import Preferences
from services.notifications.templates.values import OptionalNews
from shared.api.inputs import Request
from shared.api.pages import Html, HtmlPage, fill, join
from shared.api.problems import status_of
from shared.errors import DomainError, Invalid, NotFound
from shared.privacy.contact import Channel
from shared.reference import code_lists

WANTED, FIRST, TOGETHER = "wanted", "first", "together"
MOST_FIELDS = 20
NOTHING = Html()
_WORDS = re.compile(r"\w+")


def of_preferences(found: Preferences) -> HtmlPage:
    """Return the page with what the person prefers now."""
    texts = _texts()
    news = code_lists.choices("optional_news").items()
    wanted = {*OptionalNews} - {*found.unwanted}
    boxes = [_box("checkbox", WANTED, code, label, code in wanted) for code, label in news]
    first = found.channels[0] if found.channels else ""
    channels = [("", texts["words"]["as_now"]), *code_lists.choices("contact_channel").items()]
    ways = [_box("radio", FIRST, code, label, code == first) for code, label in channels]
    pace = [
        _box("radio", TOGETHER, code, texts["words"][words], found.together is bool(code))
        for code, words in (("", "single"), ("yes", "together"))
    ]
    body = fill(texts["html"]["choices"], news=join(*boxes), ways=join(*ways), pace=join(*pace))
    return _page(texts["words"]["title"], body, 200, posts=True)


def choices_of(request: Request) -> SetPreferences:
    """Return what a person has chosen on the page; what is no choice of it is left out."""
    try:
        fields = parse_qs(request.raw_body.decode(), max_num_fields=MOST_FIELDS)
    except ValueError:
        fields = {}
    first = [each for each in fields.get(FIRST, []) if each in {*Channel}]
    wanted = {*fields.get(WANTED, [])}
    return SetPreferences(
        channels=[Channel(each) for each in first[:1]],
        unwanted=[each for each in OptionalNews if each not in wanted],
        together=fields.get(TOGETHER) == ["yes"],
    )


def is_one_click(request: Request) -> bool:
    """Whether a mail program calls, whose reader wants no more such mail (RFC 8058)."""
    try:
        fields = parse_qs(request.raw_body.decode(), max_num_fields=MOST_FIELDS)
    except ValueError:
        return False
    return fields.get("List-Unsubscribe") == ["One-Click"]


def asks_to_stop(said: str) -> bool:
    """Whether a person's word to a bot means that it wants no more than it needs."""
    words = " ".join(_WORDS.findall(said.casefold()))
    return words.removesuffix(_texts()["please"]) in _texts()["stop_words"]


def of_thanks(region: str, footer_links: FooterLinksRepository) -> HtmlPage:
    """Return the page after the choice."""
    return _notice(_texts()["thanks"], region, footer_links, 200)


def of_refusal(refusal: DomainError, footer_links: FooterLinksRepository) -> HtmlPage:
    """Return the page of a link that is too old, altered or tried too often."""
    words = _texts()["refusals"]
    of_link = isinstance(refusal, Invalid | NotFound)
    said = words.get(refusal.code) or words["bad_link" if of_link else "other"]
    return _notice(said, region_of(refusal), footer_links, status_of(refusal))


def _box(kind: str, name: str, code: str, label: str, checked: bool) -> Html:
    marked = Html(" checked") if checked else NOTHING
    return fill(
        _texts()["html"]["box"], kind=kind, name=name, code=code, label=label, checked=marked
    )


def _notice(
    words: dict[str, str], region: str | None, footer_links: FooterLinksRepository, status: int
) -> HtmlPage:
    said = words | {"text": with_help(words["text"], _texts()["turn"], region, footer_links)}
    return _page(words["title"], fill(_texts()["html"]["notice"], **said), status)


def _page(title: str, body: Html, status: int, posts: bool = False) -> HtmlPage:
    return HtmlPage(title=title, style=_texts()["style"], body=body, status=status, posts=posts)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("page.toml").read_text(encoding="utf-8"))
