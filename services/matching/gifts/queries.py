"""What is read of gifts."""

from services.matching.bonds.policy import as_each_record
from services.matching.bonds.repository import Bonds
from services.matching.gifts.commands import GiftQuery
from services.matching.gifts.policy import shown_to
from services.matching.gifts.repository import Gifts, of_region
from services.matching.gifts.views import GiftView
from services.matching.matches.policy import region_of_family
from services.matching.policy import POLICY
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page


def list_gifts(query: GiftQuery, caller: Principal, gifts: Gifts, bonds: Bonds) -> Page[GiftView]:
    """List the gifts of your family, newest first."""
    region = region_of_family(query.region)
    records = as_each_record(caller, region, bonds)
    return gifts.page_of_several(
        "by_ref",
        [
            POLICY.require_list(each, "list", "Gift", Partition.of_person(each))
            for each in records.values()
        ],
        lambda gift: GiftView.of(shown_to(records[gift.family_id], gift)),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=of_region(region),
        newest_first=True,
    )
