"""PARTNER#<partner id>: a partner with its outlets, offers and keys. Beside it the till's rows.

by_region   REGION#<region>   PARTNER#<status>#<category>#<partner id>
by_owner    ORG#<org>         <partner id>                      a manager's own partners
"""

from collections.abc import Sequence

from services.cards import till_read_model
from services.cards.partners.domain import Partner
from services.cards.partners.values import PartnerStatus, StoreKey
from services.cards.till_read_model import KeyTill, PartnerTill
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
        """Return a partner's row with its lists and the day it leaves."""
        place = f"{status_prefix(aggregate.status)}{aggregate.category}#{aggregate.id}"
        return self._row(
            aggregate,
            due_at=aggregate.next_deadline(regions.zone(aggregate.region)),
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
        writes: Sequence[RawWrite] = (),
        number: str | None = None,
    ) -> Receipt:
        """Store a partner together with the rows its tills read; `key` is the one that changed."""
        till_rows = [_till_row(partner)] + ([] if key is None else [_key_row(partner, key)])
        return self.save(
            context, partner, events=list(events), writes=[*till_rows, *writes], number=number
        )

    def list_active(self, region: str, category: str | None = None) -> list[Partner]:
        """Return the published partners of a region."""
        prefix = status_prefix(PartnerStatus.ACTIVE) + (f"{category}#" if category else "")
        return self.list_all("by_region", region_key(region), prefix=prefix)


def status_prefix(status: PartnerStatus | None) -> str:
    """Return the beginning of the sort key of partners with that status."""
    return f"PARTNER#{status}#" if status else "PARTNER#"


def _till_row(partner: Partner) -> RawWrite:
    now = clock.now()
    outlets = {outlet: partner.offers_in(outlet, now) for outlet in partner.open_outlets}
    zone = regions.zone(partner.region).key
    row = PartnerTill(partner.id, partner.status, partner.region, zone, outlets)
    key = Key(*till_read_model.partner_key(partner.id))
    return RawWrite("data", key, till_read_model.partner_attributes(row))


def _key_row(partner: Partner, key: StoreKey) -> RawWrite:
    row = KeyTill(
        partner.id,
        key.id,
        key.outlet_id,
        key.secret_hash,
        key.status,
        int(key.expires_at.timestamp()),
        key.sandbox,
    )
    return RawWrite(
        "data",
        Key(*till_read_model.store_key(partner.id, key.id)),
        till_read_model.key_attributes(row),
    )
