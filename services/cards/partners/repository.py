"""PARTNER#<partner id>: a partner, the register of its outlets and its open offers.

Its outlets and all versions of its offers have rows of their own; beside it is the till's row.

by_region   REGION#<region>   PARTNER#<status>#<category>#<partner id>
by_owner    ORG#<org>         <partner id>                      a manager's own partners
PARTNERS_SPLIT#<region>       all partners of a region have their outlets in rows
"""

from collections.abc import Sequence

from services.cards import till_read_model
from services.cards.offers import repository as offers
from services.cards.offers.domain import Offer
from services.cards.outlets import older_rows
from services.cards.outlets.repository import Outlets
from services.cards.partners.domain import Partner
from services.cards.partners.values import PartnerStatus
from services.cards.till_read_model import PartnerTill
from shared import clock
from shared.events.base import Event
from shared.reference import regions
from shared.storage.command_context import CommandContext, Key, Receipt
from shared.storage.list_keys import org_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import RawWrite, Row
from shared.storage.store import Document


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
                "by_owner": (org_key(aggregate.org), aggregate.id),
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
        return self.list_all("by_region", region_key(region), prefix=status_prefix(None), most=5000)

    def list_active(self, region: str) -> list[Partner]:
        """Return the published partners of a region."""
        prefix = status_prefix(PartnerStatus.ACTIVE)
        return self.list_all("by_region", region_key(region), prefix=prefix)

    def split_older(self, region: str) -> None:
        """Give what partners of before hold rows of their own, once a region: shops are listed."""
        mark = Key(f"PARTNERS_SPLIT#{region}", "PARTNERS_SPLIT")
        if self.store.item(mark) is None:
            self.list_region(region)
            self.store.put(RawWrite("data", mark, {"at": clock.iso(clock.now())}, "any"))

    def _aggregate(self, document: Document) -> Partner:
        if not older_rows.is_older(document):
            return super()._aggregate(document)
        parts = older_rows.parts_of(document, clock.now())
        partner, outlets = super()._aggregate(parts.document), Outlets(self.store)
        for outlet in parts.outlets:
            outlets.describe_to_tills(outlet)
        rows = [outlets.row(outlet) for outlet in parts.outlets]
        rows += [offers.part(partner.id, offer) for offer in parts.offers]
        self._renew_older_till_row(partner)
        self.store.split_document(self.row(partner), rows)
        return partner

    def _renew_older_till_row(self, partner: Partner) -> None:
        """Let tills go by the offers as everybody else does; a row renewed already stays."""
        row = till_read_model.partner_attributes(_at_tills(partner))
        self.store.update(
            "data",
            Key(*till_read_model.partner_key(partner.id)),
            "SET offers = :offers, closed = :closed, outlets = :outlets",
            "attribute_exists(pk) AND attribute_not_exists(offers)",
            **{name: str(row[name]) for name in ("offers", "closed", "outlets")},
        )


def status_prefix(status: PartnerStatus | None) -> str:
    """Return the beginning of the sort key of partners with that status."""
    return f"PARTNER#{status}#" if status else "PARTNER#"


def till_row(partner: Partner) -> RawWrite:
    """Return the row of a partner that the till reads."""
    key = Key(*till_read_model.partner_key(partner.id))
    return RawWrite("data", key, till_read_model.partner_attributes(_at_tills(partner)))


def _at_tills(partner: Partner) -> PartnerTill:
    now = int(clock.now().timestamp())
    spans = partner.book.spans(partner.leaves_at)
    return PartnerTill(
        partner.id,
        partner.status,
        partner.region,
        regions.zone(partner.region).key,
        offers=[span for span in spans if not span.ends or span.ends > now],
        closed=partner.shops.closed,
    )
