"""Headquarters, to which the reader of a page turns, by the telephone that operations have set."""

from collections.abc import Mapping
from string import Template

from services.notifications.footer_links.domain import EVERYWHERE
from services.notifications.footer_links.repository import FooterLinksRepository
from shared.errors import DomainError

PHONE = "hq_phone"


def with_help(
    text: str, words: Mapping[str, str], region: str | None, footer_links: FooterLinksRepository
) -> str:
    """Return a page's text with what to do, if it says `$turn`; of a region, or of all."""
    if "$turn" not in text:
        return text
    phone = footer_links.for_region(region or EVERYWHERE).get(PHONE)
    turn = words["none"] if phone is None else Template(words["phone"]).substitute(phone=phone)
    return Template(text).substitute(turn=turn)


def region_of(refusal: DomainError) -> str | None:
    """Return the region that a refusal is about, where it is known."""
    region = refusal.facts.get("region")
    return region if isinstance(region, str) else None
