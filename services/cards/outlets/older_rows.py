"""What partners held inside before their outlets and offers had rows of their own."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from services.cards import outlet_sets
from services.cards.offers.domain import Offer, OfferBook
from services.cards.offers.values import Discount, OfferStatus
from services.cards.outlets.addresses import mark_of
from services.cards.outlets.domain import Outlet
from services.cards.outlets.values import OutletPlace, OutletRegister, StoreKey
from shared.storage.store import Document

_MOVED = ("outlets", "offers", "keys")


class Parts(NamedTuple):
    """A partner's document as it is kept now, and what becomes rows beside it."""

    document: Document
    outlets: list[Outlet]
    offers: list[Offer]


def is_older(document: Document) -> bool:
    """Return whether a partner's document still holds its outlets and offers."""
    return "shops" not in document


def parts_of(document: Document, now: datetime) -> Parts:
    """Return a partner of an older document, and its outlets and offers."""
    left = {name: value for name, value in document.items() if name not in _MOVED}
    outlets = [
        _outlet(document, number, each) for number, each in enumerate(document["outlets"], 1)
    ]
    numbers = {outlet.id: outlet.place for outlet in outlets}
    offers = [_offer(each, numbers) for each in document["offers"]]
    shown = [offer for offer in offers if offer.status is not OfferStatus.WITHDRAWN]
    book = OfferBook(offers=tuple(shown), made=len(offers)).without_past(now)
    register = OutletRegister(places=tuple(_place(outlet, now) for outlet in outlets))
    return Parts(left | {"shops": register, "book": book}, outlets, offers)


def _outlet(document: Document, number: int, outlet: dict[str, Any]) -> Outlet:
    own = [StoreKey.model_validate(k) for k in document["keys"] if k["outlet_id"] == outlet["id"]]
    return Outlet(
        **outlet, partner_id=document["id"], region=document["region"], place=number, keys=own
    )


def _offer(offer: dict[str, Any], numbers: dict[str, int]) -> Offer:
    facts = {name: value for name, value in offer.items() if name not in ("version", "percent")}
    where = outlet_sets.write(numbers[outlet] for outlet in offer["outlets"] if outlet in numbers)
    return Offer.model_validate(
        facts
        | {
            "number": offer["version"],
            "discount": Discount(percent=offer["percent"]),
            "outlets": where,
        }
    )


def _place(outlet: Outlet, now: datetime) -> OutletPlace:
    keyed_until = outlet.keyed_until(now.astimezone(UTC))
    mark = mark_of(outlet.address)
    return OutletPlace(outlet.id, outlet.district_id, outlet.closed, keyed_until, mark)
