"""What people see of cards."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import ConfigDict

from services.cards.cards.domain import Card
from services.cards.cards.values import IN_USE, CardStatus, HoldReason, Via
from services.cards.codes import StepCode
from shared.api.models import View
from shared.domain import CodeOf, ContactWay, LanguageCode


class IssuedCard(View):
    """What is handed over with the card; the code is for the holder's eyes only.

    A repeated call shows no code when a newer one has replaced it. Nor does one that is held: a
    leader decides first whether it is the second card of its holder.
    """

    id: str
    version: int
    status: CardStatus
    held_because: HoldReason | None
    number: str
    activation_code: str | None
    code_valid_until: date | None


class CardView(View):
    """A card in the registry or in its holder's hands: never the number.

    An office sees its file: not whether a card was activated, nor where, lost or with which
    consent, nor what would tell it, as a new code does (`null`); one that is in use is `issued` to
    it.
    """

    id: str
    last4: str
    status: CardStatus
    holder_ref: str
    region: str
    district_id: str
    issued_at: datetime
    code_valid_until: date | None
    activated_at: datetime | None
    via: Annotated[Via, CodeOf("card_activation_via")] | None
    consent_community: bool | None
    reason: (
        Annotated[str, CodeOf("card_block_reason", "card_replace_reason", "card_revoke_reason")]
        | None
    )
    held_because: HoldReason | None
    placement_ended_on: date | None
    closes_on: date | None
    replaces: str | None
    replaced_by: str | None
    next_steps: tuple[StepCode, ...]
    version: int | None

    @classmethod
    def of_card(cls, card: Card) -> Self:
        """Return the view of a card, as it is shown to its caller."""
        return cls.of(
            card,
            holder_ref=card.file_number,
            code_valid_until=card.code.last_day,
            activated_at=card.activation.at if card.activation else None,
            via=card.activation.via if card.activation else None,
        )

    @classmethod
    def for_office(cls, card: Card) -> Self:
        """Return what the office that issued a card sees of it."""
        unknown: dict[str, object] = {"district_id": card.office, "consent_community": None}
        unknown |= {"activated_at": None, "via": None, "next_steps": ()}
        unknown |= {"code_valid_until": None, "version": None}
        if card.status in IN_USE:
            unknown["status"] = CardStatus.ISSUED
        if card.status is not CardStatus.REVOKED:
            unknown["reason"] = None  # why it is blocked, or was replaced
        return cls.of_card(card).model_copy(update=unknown)


class CardPage(View):
    """What the holder's page and the printed card show."""

    id: str
    status: CardStatus
    number: str
    number_in_fours: str
    qr_text: str
    qr_svg: str


class ContactView(View):
    """How to reach a holder for card matters."""

    model_config = ConfigDict(hide_input_in_errors=True)

    name: str
    channel: ContactWay
    phone: str | None = None
    address: str | None = None
    language: LanguageCode = "ru"
