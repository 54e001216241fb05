"""What is read of gifts."""

from services.matching.gifts.commands import GiftQuery
from services.matching.gifts.policy import shown_to
from services.matching.gifts.repository import Gifts, of_region
from services.matching.gifts.views import GiftView
from services.matching.matches.policy import region_of_family
from services.matching.policy import POLICY
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page


def list_gifts(query: GiftQuery, caller: Principal, gifts: Gifts) -> Page[GiftView]:
    """List the gifts of your family, newest first."""
    claimed = Partition.of_person(caller)
    return gifts.page(
        "by_ref",
        POLICY.require_list(caller, "list", "Gift", claimed),
        lambda gift: GiftView.of(shown_to(caller, gift)),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=of_region(region_of_family(caller, query.region)),
        newest_first=True,
    )
