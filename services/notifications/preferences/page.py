"""The page on which a person says how it would like to be written to; words in `page.toml`."""

import re
from functools import cache
from pathlib import Path
from unicodedata import normalize
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
from services.notifications.preferences.values import SetBy
from services.notifications.templates.values import OptionalNews
from shared.api.inputs import Request
from shared.api.pages import Html, HtmlPage, fill, join
from shared.errors import DomainError
from shared.office_values import LOOK_ALIKES, visible
from shared.privacy.contact import Channel
from shared.reference import code_lists

WANTED, FIRST, TOGETHER = "wanted", "first", "together"
MOST_FIELDS = 20
NOTHING = Html()
_WORDS = re.compile(r"\w+")
_SENTENCES = re.compile(r"[.,;!\n]+")
_REPEATED = re.compile(r"(\w)\1+")
# «/stop@our_bot»
_BOT_NAME = re.compile(r"@\w+")


def of_preferences(found: Preferences, status: int = 200) -> HtmlPage:
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
    return page_of(texts, texts["words"]["title"], body, status, posts=True)


def choices_of(request: Request, found: Preferences) -> SetPreferences | None:
    """Return what a person has chosen on the page; None when that is no form of the page.

    What is no choice of it is left out; channels that it does not show stay with the first.
    """
    try:
        fields = parse_qs(request.raw_body.decode(), True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    if not fields.keys() >= {FIRST, TOGETHER}:
        return None  # a browser sends both, whatever is chosen
    first = [Channel(each) for each in fields[FIRST][:1] if each in {*Channel}]
    kept = [Channel(each) for each in found.channels]
    wanted = {*fields.get(WANTED, [])}
    return SetPreferences(
        channels=kept if first == kept[:1] else first,
        unwanted=[each for each in OptionalNews if each not in wanted],
        together=fields[TOGETHER] == ["yes"],
    )


def is_one_click(request: Request) -> bool:
    """Whether a mail program calls, whose reader wants no more such mail (RFC 8058).

    It may send a form in either of its two ways; ours has no such field.
    """
    return b"List-Unsubscribe" in request.raw_body and b"One-Click" in request.raw_body


def word_of(said: str) -> SetBy | None:
    """Return what a person's words to a bot ask for: no more than it needs, or all again.

    It may be said twice: «Стоп. Больше не пишите мне».
    """
    whole = _plain(said)
    if whole in _words():
        return _meant(said, whole)
    parts = {_meant(each, _plain(each)) for each in _SENTENCES.split(said) if _plain(each)}
    return parts.pop() if len(parts) == 1 else None


def _meant(said: str, plain: str) -> SetBy | None:
    """Return what a phrase asks for; None where a word beside it gives it another meaning."""
    other = _unclear().get(plain, ())
    return None if {*_words_in(said)} & {*other} else _words().get(plain)


@cache
def _words() -> dict[str, SetBy]:
    lists = {SetBy.WORD: "stop_words", SetBy.START_WORD: "start_words"}
    return {_plain(each): word for word, name in lists.items() for each in _texts()[name]}


@cache
def _unclear() -> dict[str, list[str]]:
    return {_plain(phrase): words for phrase, words in _texts()["unclear"].items()}


def _plain(said: str) -> str:
    """Return words as they are compared: each once, without fillers, in letters of one alphabet.

    «С т о п», «стоооп» and what a keyboard put in of another alphabet are the same word; so are all
    words for what we send.
    """
    words = _words_in(said)
    if all(len(each) == 1 for each in words):
        words = ["".join(words)]
    news, fillers = _texts()["news"], _texts()["please"]
    same = dict.fromkeys(news[0] if each in news else each for each in words)
    meant = (each for each in same if each not in fillers)
    return _REPEATED.sub(r"\1", " ".join(meant).translate(LOOK_ALIKES))


def _words_in(said: str) -> list[str]:
    seen = visible(" ".join(normalize("NFKC", said).split())).casefold()
    return _WORDS.findall(_BOT_NAME.sub("", seen))


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
