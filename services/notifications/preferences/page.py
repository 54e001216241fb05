"""The page on which a person says how it would like to be written to; words in `page.toml`."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from services.notifications.footer_links.page_help import (
    Texts,
    notice,
    page_of,
    read_texts,
    refusal_page,
)
from services.notifications.footer_links.repository import FooterLinksRepository
from services.notifications.preferences.commands import SetPreferences
from services.notifications.preferences.domain import Preferences
from services.notifications.templates.values import OptionalNews
from shared.api.inputs import Request
from shared.api.pages import Html, HtmlPage, fill, join
from shared.errors import DomainError
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
    return page_of(texts, texts["words"]["title"], body, posts=True)


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
    return notice(_texts(), _texts()["thanks"], region, footer_links)


def of_refusal(refusal: DomainError, footer_links: FooterLinksRepository) -> HtmlPage:
    """Return the page of a link that is too old, altered or tried too often."""
    return refusal_page(_texts(), refusal, footer_links)


def _box(kind: str, name: str, code: str, label: str, checked: bool) -> Html:
    marked = Html(" checked") if checked else NOTHING
    return fill(
        _texts()["html"]["box"], kind=kind, name=name, code=code, label=label, checked=marked
    )


@cache
def _texts() -> Texts:
    return read_texts(Path(__file__).with_name("page.toml"))
