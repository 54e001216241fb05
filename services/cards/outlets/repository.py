"""OUTLET#<outlet id>: a shop of a partner with the keys of its tills. Beside it the till's rows.

by_region   REGION#<region>      OUTLET#<district>#<partner id>#<outlet id>     while it is open
by_owner    PARTNER#<partner>    OUTLET#<number>
"""

from services.cards import till_read_model
from services.cards.offers.repository import owner_key
from services.cards.outlets.domain import Outlet
from services.cards.outlets.values import StoreKey
from services.cards.till_read_model import KeyTill
from shared.errors import NotFound
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Key, RawWrite, Row

LISTED = "OUTLET#"


class Outlets(Repository[Outlet]):
    """The shops of all partners."""

    model = Outlet
    prefix = "OUTLET"

    def row(self, aggregate: Outlet) -> Row:
        """Return an outlet's row with its places in the lists."""
        lists: dict[Index, tuple[str, str]] = {
            "by_owner": (owner_key(aggregate.partner_id), f"{LISTED}{aggregate.place:06d}")
        }
        if not aggregate.closed:
            place = f"{LISTED}{aggregate.district_id}#{aggregate.partner_id}#{aggregate.id}"
            lists["by_region"] = (region_key(aggregate.region), place)
        return self._row(aggregate, lists=lists)

    def of_partner(self, partner_id: str, outlet_id: str) -> Outlet:
        """Return an outlet of that partner; raises NotFound."""
        found = self.get(outlet_id)
        if found.partner_id != partner_id:
            raise NotFound("outlet")
        return found

    def of_key(self, partner_id: str, key_id: str) -> Outlet:
        """Return the outlet whose store key it is; raises NotFound."""
        found = self.store.item(Key(*till_read_model.store_key(partner_id, key_id)))
        if found is None:
            raise NotFound("store_key")
        return self.of_partner(partner_id, till_read_model.read(KeyTill, found).outlet_id)

    def list_by_region(
        self, region: str, district: str | None, limit: int, after: str | None
    ) -> tuple[list[Outlet], str | None]:
        """Return some open outlets by district and partner, and the position of the last one.

        A position names what is public anyway, so that it is the same for everybody.
        """
        start = None
        if after is not None:
            place = LISTED + after.replace(".", "#")
            key = self.key(after.rpartition(".")[2])
            start = {
                "pk": key.pk,
                "sk": key.sk,
                "region_pk": region_key(region),
                "region_sk": place,
            }
        prefix = LISTED + (f"{district}#" if district else "")
        found, last = self.store.page(
            "by_region", region_key(region), limit=limit, start=start, prefix=prefix
        )
        place = last["region_sk"].removeprefix(LISTED) if last else ""
        position = place.replace("#", ".") or None
        return [self._aggregate(document) for document in found], position


def key_row(outlet: Outlet, key: StoreKey) -> RawWrite:
    """Return the row of a store key that the till reads; its counters there are the till's."""
    row = KeyTill(
        outlet.partner_id,
        key.id,
        outlet.id,
        key.secret_hash,
        key.status,
        int(key.expires_at.timestamp()),
        key.sandbox,
        outlet.title,
        outlet.place,
    )
    return RawWrite(
        "data",
        Key(*till_read_model.store_key(outlet.partner_id, key.id)),
        till_read_model.key_attributes(row),
        merges=True,
    )
