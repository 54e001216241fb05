"""What is read of gifts."""

from services.matching.bonds.policy import FAMILY
from services.matching.bonds.queries import page_of_family
from services.matching.bonds.repository import Bonds
from services.matching.gifts.commands import GiftQuery
from services.matching.gifts.domain import Gift
from services.matching.gifts.policy import gift_resource, load_authorised, shown_to
from services.matching.gifts.repository import Gifts, of_region
from services.matching.gifts.values import GiftId
from services.matching.gifts.views import GiftView
from services.matching.matches.policy import region_of_family
from services.matching.policy import POLICY
from shared.errors import Invalid
from shared.identity.partitions import Partition, whole_own_list
from shared.principal import Principal
from shared.storage.list_keys import person_key
from shared.storage.repository import Page


def list_gifts(query: GiftQuery, caller: Principal, gifts: Gifts, bonds: Bonds) -> Page[GiftView]:
    """List the gifts of your family, newest first; the headquarters those of a family it names."""
    if caller.role == FAMILY:
        whole_own_list(None, family_id=query.family_id)
        return page_of_family(
            gifts,
            "Gift",
            lambda record, gift: GiftView.of(shown_to(record, gift)),
            query=query,
            caller=caller,
            prefix=of_region(region_of_family(query.region)),
            newest_first=True,
        )
    return _page_of_named(query, caller, gifts, bonds)


def view_gift(gift_id: GiftId, caller: Principal, gifts: Gifts) -> GiftView:
    """Show one gift."""
    return GiftView.of(load_authorised(gift_id, "view", caller, gifts))


def _page_of_named(
    query: GiftQuery, caller: Principal, gifts: Gifts, bonds: Bonds
) -> Page[GiftView]:
    """Return the gifts that a family has offered in a region, from each of its records."""
    claimed = Partition.of_region(caller, query.region).region or ""
    if query.family_id is None:
        POLICY.require_create(caller, "list", gift_resource("", claimed))
        raise Invalid("family_missing", "family_id")

    def view(gift: Gift) -> GiftView:
        return GiftView.of(shown_to(caller, gift))

    for_any = gift_resource(query.family_id, claimed)
    POLICY.require_create(caller, "list", for_any)
    records = bonds.records_of(query.family_id)
    return gifts.page_of_each(
        [("by_ref", person_key(record), view) for record in records],
        caller=caller,
        query=query,
        prefix=of_region(claimed),
        newest_first=True,
    )
