"""OFFER#<offer id>: one version of a partner's offer, also when it is over.

by_owner   PARTNER#<partner>   OFFER#<number>
"""

from services.cards import till_read_model
from services.cards.offers.domain import Offer, OfferBook, OfferRecord
from services.cards.offers.values import OfferStatus
from shared.errors import IllegalStep, NotFound
from shared.storage.repository import Repository
from shared.storage.rows import Index, Key, Row

LISTED = "OFFER#"


class Offers(Repository[OfferRecord]):
    """All versions of the offers of all partners; the Partner decides, these rows remember."""

    model = OfferRecord
    prefix = "OFFER"

    def row(self, aggregate: OfferRecord) -> Row:
        """Return the row of a version with its place in the partner's list."""
        return part(aggregate.partner_id, aggregate.offer)

    def require_open(self, partner_id: str, book: OfferBook, offer_id: str) -> None:
        """Refuse a version that was withdrawn or is over: the partner's book has it no more."""
        if book.find(offer_id) is not None:
            return
        record = self.get(offer_id)
        if record.partner_id != partner_id:
            raise NotFound("offer")
        withdrawn = record.offer.status is OfferStatus.WITHDRAWN
        raise IllegalStep("offer_withdrawn" if withdrawn else "offer_over", ("propose_offer",))


def part(partner_id: str, offer: Offer) -> Row:
    """Return the row of a version as a part of the partner that is saved with it."""
    record = OfferRecord(id=offer.id, partner_id=partner_id, offer=offer)
    place = f"{LISTED}{offer.number:06d}"
    lists: dict[Index, tuple[str, str]] = {"by_owner": (owner_key(partner_id), place)}
    key = Key(f"{Offers.prefix}#{offer.id}", Offers.prefix)
    return Row(offer.id, key, record, version=0, lists=lists)


def owner_key(partner_id: str) -> str:
    """Return the partition in which the parts of a partner are listed."""
    return till_read_model.partner_key(partner_id)[0]
