"""PARTNER#<partner id>: a partner with its outlets, offers and keys. Beside it the till's rows.

by_region   REGION#<region>   PARTNER#<status>#<category>#<partner id>
by_owner    ORG#<org>         <partner id>                      a manager's own partners
"""

from collections.abc import Sequence

from services.cards import till_read_model as till_rows
from services.cards.partners.domain import Partner
from services.cards.partners.keys import StoreKey
from services.cards.partners.values import Category, Status
from shared import clock
from shared.events.base import Event
from shared.reference import regions
from shared.storage.command_context import CommandContext, Key, Receipt
from shared.storage.list_keys import org_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import RawWrite, Row


class Partners(Repository[Partner]):
    """The register of partners."""

    model = Partner
    prefix = "PARTNER"

    def row(self, aggregate: Partner) -> Row:
        """A partner, its lists and the day it leaves."""
        place = f"{of_status(aggregate.status)}{aggregate.category}#{aggregate.id}"
        return self._row(
            aggregate,
            due_at=aggregate.next_deadline,
            lists={
                "by_region": (region_key(aggregate.region), place),
                "by_owner": (org_key(aggregate.org), aggregate.id),
            },
        )

    def save_partner(
        self,
        context: CommandContext,
        partner: Partner,
        *,
        events: Sequence[Event] = (),
        key: StoreKey | None = None,
        sealed: Sequence[RawWrite] = (),
        number: str | None = None,
    ) -> Receipt:
        """Store a partner together with what its tills know; `key` is the one that changed."""
        writes = [_till_row(partner), *sealed]
        if key is not None:
            writes.append(_key_row(partner, key))
        return self.save(context, partner, events=list(events), writes=writes, number=number)

    def active_in(self, region: str, category: Category | None = None) -> list[Partner]:
        """The published partners of a region."""
        prefix = of_status(Status.ACTIVE) + (f"{category}#" if category else "")
        return self.list_all("by_region", region_key(region), prefix=prefix)


def of_status(status: Status | None) -> str:
    """The beginning of a partner's place in its region's register."""
    return f"PARTNER#{status}#" if status else "PARTNER#"


def _till_row(partner: Partner) -> RawWrite:
    now = clock.now()
    outlets = {
        outlet: [
            till_rows.OfferSpan(
                span.offer_id,
                span.percent,
                int(span.starts_at.timestamp()),
                int(span.ends_at.timestamp()) if span.ends_at else 0,
            )
            for span in partner.spans(outlet, now)
        ]
        for outlet in partner.open_outlets
    }
    zone = regions.zone(partner.region).key
    row = till_rows.PartnerTill(partner.id, partner.status, partner.region, zone, outlets)
    key = Key(*till_rows.partner_key(partner.id))
    return RawWrite("data", key, till_rows.partner_attributes(row))


def _key_row(partner: Partner, key: StoreKey) -> RawWrite:
    row = till_rows.KeyTill(
        partner.id,
        key.id,
        key.outlet_id,
        key.secret_hash,
        key.status,
        int(key.expires_at.timestamp()),
        key.sandbox,
    )
    return RawWrite(
        "data", Key(*till_rows.store_key(partner.id, key.id)), till_rows.key_attributes(row)
    )
