"""The page behind a partner's sticker, in plain HTML; its words are in `page.toml`."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from services.cards.directory.views import PublicOutlet, PublicPartner
from services.cards.kopecks import size_in_words
from services.cards.outlets.values import DAYS, Hours
from services.cards.partners.views import DiscountView
from shared.api.pages import Html, HtmlPage, fill, join
from shared.api.problems import status_of
from shared.data_files import read_toml
from shared.errors import DomainError, NotFound

NOTHING = Html()


def of_partner(
    partner: PublicPartner, districts: Mapping[str, str], fresh_seconds: int | None = None
) -> HtmlPage:
    """Return the page of a partner and of the outlets shown; `districts` has their names."""
    html, words = _texts()["html"], _texts()["words"]
    leaving, more = NOTHING, NOTHING
    if partner.last_day is not None:
        leaving = fill(html["leaving"], day=_day(partner.last_day))
    if partner.next_after is not None:
        more = fill(html["more"], after=str(partner.next_after))
    body = fill(
        html["partner"],
        partner=partner.title,
        leaving=leaving,
        outlets=join(*(_outlet(outlet, districts) for outlet in partner.outlets)),
        more=more,
    )
    title = words["title"].format(partner=partner.title)
    return _page(title, body, fresh_seconds=fresh_seconds)


def of_no_partner() -> HtmlPage:
    """Return the page of a partner that takes no part, or of none."""
    return _page(_texts()["words"]["none_title"], _texts()["html"]["none"], status=404)


def of_refusal(refusal: DomainError) -> HtmlPage:
    """Return the page of a partner that there is not, or of what cannot be shown now."""
    if isinstance(refusal, NotFound):
        return of_no_partner()
    words, html = _texts()["words"], _texts()["html"]
    return _page(words["later_title"], html["later"], status=status_of(refusal))


def _page(title: str, body: Html, **more: Any) -> HtmlPage:
    return HtmlPage(title=title, style=_texts()["style"], body=body, **more)


def _outlet(outlet: PublicOutlet, districts: Mapping[str, str]) -> Html:
    opening = _opening(outlet.hours)
    return fill(
        _texts()["html"]["outlet"],
        title=outlet.title,
        district=districts.get(outlet.district_id, outlet.district_id),
        address=outlet.address,
        hours=_line(opening) if opening else NOTHING,
        offer=_offers(outlet.offer, outlet.next_offer),
    )


def _opening(hours: Sequence[Hours]) -> str:
    """Return opening hours in words; days in a row that are alike are named together."""
    words, names, pieces = _texts()["words"], _texts()["days"], []
    alike = groupby(DAYS, lambda day: sorted((h.opens, h.closes) for h in hours if h.day == day))
    for spans, found in alike:
        if spans:
            days = [names[day] for day in found]
            first_and_last = dict.fromkeys((days[0], days[-1]))
            said = ", ".join(words["span"].format(opens=o, closes=c) for o, c in spans)
            pieces.append(words["hours"].format(days="–".join(first_and_last), spans=said))
    return "; ".join(pieces)


def _offers(offer: DiscountView | None, following: DiscountView | None) -> Html:
    html, words = _texts()["html"], _texts()["words"]
    pieces = [_line(words["no_offer"])]
    if offer is not None:
        pieces = [fill(html["offer"], size=_size(offer), goods=offer.goods_scope)]
        if offer.valid_to is not None:
            pieces.append(_line(words["until"].format(day=_day(offer.valid_to))))
    if following is not None:
        # An older discount that comes back began before: it has no first day to name.
        resumes = offer is not None and following.valid_from <= offer.valid_from
        sentence = words["resumed" if resumes else "following"]
        first, goods = _day(following.valid_from), following.goods_scope
        pieces.append(_line(sentence.format(day=first, discount=_whole(following), goods=goods)))
    return join(*pieces)


def _line(text: str) -> Html:
    return fill(_texts()["html"]["line"], text=text)


def _size(offer: DiscountView) -> str:
    least = offer.minimum_purchase_kopecks
    return size_in_words(_texts()["size"], offer.discount_percent, offer.discount_kopecks, least)


def _whole(offer: DiscountView) -> str:
    """Return how large a discount is, and until when it holds."""
    size, words = _size(offer), _texts()["words"]
    last = offer.valid_to
    return words["size_until"].format(size=size, day=_day(last)) if last else size


def _day(day: date) -> str:
    return day.strftime(_texts()["words"]["day"])


@cache
def _texts() -> dict[str, Any]:
    return read_toml(Path(__file__).with_name("page.toml"))
