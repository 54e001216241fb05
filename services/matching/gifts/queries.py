"""What is read of gifts."""

from services.matching.bonds.queries import page_of_family
from services.matching.gifts.commands import GiftQuery
from services.matching.gifts.policy import shown_to
from services.matching.gifts.repository import Gifts, of_region
from services.matching.gifts.views import GiftView
from services.matching.matches.policy import region_of_family
from shared.principal import Principal
from shared.storage.repository import Page


def list_gifts(query: GiftQuery, caller: Principal, gifts: Gifts) -> Page[GiftView]:
    """List the gifts of your family, newest first."""
    return page_of_family(
        gifts,
        "Gift",
        lambda record, gift: GiftView.of(shown_to(record, gift)),
        query=query,
        caller=caller,
        prefix=of_region(region_of_family(query.region)),
        newest_first=True,
    )
