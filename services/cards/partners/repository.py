"""PARTNER#<partner id>: a partner, the register of its outlets and its open offers.

Its outlets and all versions of its offers have rows of their own; beside it is the till's row.

by_region   REGION#<region>   PARTNER#<status>#<category>#<partner id>
by_owner    ORG#<org>         the same                                      a manager's own partners
"""

from collections.abc import Sequence

from services.cards import till_read_model
from services.cards.offers import repository as offers
from services.cards.offers.domain import Offer
from services.cards.partners.domain import Partner
from services.cards.partners.values import PartnerStatus
from services.cards.till_read_model import PartnerTill
from shared import clock
from shared.events.base import Event
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.list_keys import org_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Key, RawWrite, Row


class Partners(Repository[Partner]):
    """The register of partners."""

    model = Partner
    prefix = "PARTNER"

    def row(self, aggregate: Partner) -> Row:
        """Return a partner's row with its lists and its next deadline."""
        place = f"{status_prefix(aggregate.status)}{aggregate.category}#{aggregate.id}"
        return self._row(
            aggregate,
            due_at=aggregate.next_deadline(regions.zone(aggregate.region)),
            lists={
                "by_region": (region_key(aggregate.region), place),
                "by_owner": (org_key(aggregate.org), place),
            },
        )

    def save_partner(
        self,
        context: CommandContext,
        partner: Partner,
        *also: Row,
        events: Sequence[Event] = (),
        offers_changed: Sequence[Offer] = (),
        writes: Sequence[RawWrite] = (),
        number: str | None = None,
    ) -> Receipt:
        """Store a partner together with the row its tills read and the offers that changed."""
        return self.save(
            context,
            partner,
            *also,
            events=list(events),
            parts=[offers.part(partner.id, offer) for offer in offers_changed],
            writes=[till_row(partner), *writes],
            number=number,
        )

    def list_region(self, region: str) -> list[Partner]:
        """Return all partners of a region, of whatever status."""
        return self.list_all("by_region", region_key(region), prefix=status_prefix(None))

    def list_active(self, region: str) -> list[Partner]:
        """Return the published partners of a region."""
        prefix = status_prefix(PartnerStatus.ACTIVE)
        return self.list_all("by_region", region_key(region), prefix=prefix)


def status_prefix(status: PartnerStatus | None) -> str:
    """Return the beginning of the sort key of partners with that status."""
    return f"PARTNER#{status}#" if status else "PARTNER#"


def till_row(partner: Partner) -> RawWrite:
    """Return the row of a partner that the till reads."""
    now = int(clock.now().timestamp())
    spans = partner.book.spans(partner.leaves_at)
    row = PartnerTill(
        partner.id,
        partner.status,
        partner.region,
        regions.zone(partner.region).key,
        offers=[span for span in spans if not span.ends or span.ends > now],
        closed=partner.shops.closed,
    )
    key = Key(*till_read_model.partner_key(partner.id))
    return RawWrite("data", key, till_read_model.partner_attributes(row))
