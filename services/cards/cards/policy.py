"""A card as the policy sees it."""

from collections.abc import Callable

from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.cards.values import BLOCKED_BY_THEFT
from services.cards.policy import POLICY, require
from shared import clock
from shared.identity.policy import Resource
from shared.principal import Principal

OFFICE = "district_office"


def resource(card: Card) -> Resource:
    """Return a card as a Cedar resource."""
    return Resource(
        type="Card",
        id=card.id,
        region=card.region,
        district=card.district_id,
        person=card.holder,
        status=card.status,
        more={
            "on_order": card.on_order,
            "issued_by": card.issued_by or "",
            "holder": card.holder_id,
        },
    )


def is_own(card: Card, principal: Principal) -> bool:
    """Return whether the principal is, or speaks for, the holder of a card."""
    return principal.acts_for in (card.holder, card.holder_id)


# Steps of a card that the policy calls otherwise.
ACTIONS = {
    step: f"{step}_card" for step in ("activate", "block", "unblock", "replace", "revoke", "move")
}


def shown_to(principal: Principal, cards: Cards) -> Callable[[Card], Card]:
    """Return what shows cards to the principal: with those next steps that it can take.

    The policy looks at territory and holder alone, so a list asks it once for each of them.
    """
    known: dict[tuple[str, str, bool], Callable[[str], bool]] = {}

    def shown(card: Card) -> Card:
        place, useless = (card.region, card.district_id, is_own(card, principal)), _useless(card)
        may = known.setdefault(place, POLICY.may_take(principal, resource(card), ACTIONS))
        return card.shown_to(lambda step: step not in useless and may(step))

    return shown


def _useless(card: Card) -> set[str]:
    """Return the steps that the state allows and that would be refused."""
    reported = {"block"} if card.reason in BLOCKED_BY_THEFT else set()
    return reported | ({"activate"} if clock.now() >= card.code.expires_at else set())


def new_card(region: str, district: str, *, on_order: bool) -> Resource:
    """Return a card that is about to be issued as a Cedar resource."""
    return Resource(
        type="Card",
        id="new",
        region=region,
        district=district,
        more={"on_order": on_order, "issued_by": "", "holder": ""},
    )


def load_authorised(card_id: str, action: str, principal: Principal, cards: Cards) -> Card:
    """Return the card when the principal may do this to it."""
    card = cards.get(card_id)
    require(principal, action, resource(card), "own_card")
    return shown_to(principal, cards)(card)
