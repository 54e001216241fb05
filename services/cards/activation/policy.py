"""Who may put which card into use, and how often a caller may guess.

A caller who types a wrong number or code is slowed down, the card is not: nothing is counted on the
card, so a stranger who has read its number cannot keep its holder out. A number without a card is
counted and refused like one with a card.
"""

from services.cards.cards.domain import Card
from services.cards.cards.policy import new_card, resource, shown_to
from services.cards.cards.repository import Cards
from services.cards.policy import POLICY
from shared import clock
from shared.errors import RateLimited
from shared.principal import Principal
from shared.privacy.vault import Vault

LEADER = "community_leader"
HOUR = 3600
TRIES_OF_A_NUMBER = 5
TRIES_OF_A_CALLER = 20
TRIES_OF_A_LEADER = 300  # who helps a whole meeting to activate its cards
TRIES_FROM_AN_ADDRESS = 20  # of one number: many callers share the address of an operator


def authorised(card: Card | None, caller: Principal, cards: Cards) -> Card | None:
    """Return the card when the caller may activate it; a foreign one is as good as unknown."""
    own = next(iter(caller.regions), ""), next(iter(caller.districts), "")
    POLICY.require_create(caller, "activate_card", new_card(*own, on_order=False))
    if card is None or _of_another(card, caller):
        return None
    allowed = POLICY.allows(caller, "activate_card", resource(card))
    return shown_to(caller, cards)(card) if allowed else None


def _of_another(card: Card, caller: Principal) -> bool:
    """Return whether someone who signed in as one holder enters the card of another."""
    return caller.audience is not None and caller.acts_for != card.holder_id


def count_try(
    number: str, card: Card | None, caller: Principal, address: str, cards: Cards, vault: Vault
) -> None:
    """Count a try before its code is looked at; a caller with too many of them must wait.

    A new code is tried afresh.
    """
    tried = f"{number}|{card.code.place if card else 1}"
    who = f"{caller.id}|{caller.acts_for}"
    limits = (
        (f"{who}|{tried}", TRIES_OF_A_NUMBER),
        (who, TRIES_OF_A_LEADER if caller.role == LEADER else TRIES_OF_A_CALLER),
        (f"{address}|{tried}", TRIES_FROM_AN_ADDRESS),
    )
    for name, most in limits:
        if not cards.store.count(f"activation#{vault.blind_index('try', name)}", most, HOUR):
            raise RateLimited("too_many_codes", HOUR - int(clock.wall().timestamp()) % HOUR)
