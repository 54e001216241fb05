"""What people send about cards, and what they are shown."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.cards.cards.domain import Card
from services.cards.cards.values import (
    BlockReason,
    Entitlement,
    PlacementOrder,
    ReplaceReason,
    RevokeReason,
    Status,
    Via,
)
from services.cards.fields import CardId, Cursor, Day, District, HolderRef, Reference, Region
from shared.privacy.contact import Contact
from shared.reference import regions

Evidence = Literal["signed_form", "in_person", "recorded_call"]


class Order(BaseModel):
    """The placement order of the office."""

    order_ref: Reference
    ordered_on: Day


class IssueCard(BaseModel):
    """A card for a current foster parent, or for a candidate whose order exists.

    `holder_ref` is the office's own opaque number of the person, never a name.
    """

    model_config = ConfigDict(defer_build=True, hide_input_in_errors=True)

    region: Region
    district_id: District
    holder_ref: HolderRef
    placement_current: bool = False
    order: Order | None = None
    contact: Contact | None = None

    def entitlement(self) -> Entitlement:
        """Why the person may hold a card."""
        order = PlacementOrder.model_validate(self.order.model_dump()) if self.order else None
        return Entitlement(placement_current=self.placement_current, order=order)


class IssuedCard(BaseModel):
    """What is handed over with the card; the code is for the holder's eyes only."""

    id: str
    version: int
    status: Status
    number: str
    activation_code: str
    code_valid_until: date


class ActivateCard(BaseModel):
    """The holder puts the card into use; `evidence` is how a helping leader knows the holder."""

    model_config = ConfigDict(defer_build=True, hide_input_in_errors=True)

    number: str = Field(min_length=16, max_length=64)
    activation_code: str = Field(min_length=4, max_length=16)
    district_id: District
    contact: Contact
    consent_processing: bool
    consent_community: bool
    evidence: Evidence | None = None


class ActivatedCard(BaseModel):
    """The card is in use. `qr_secret` lets the phone show its turning code; it is told once."""

    id: str
    version: int
    status: Status
    handle: str | None = None
    generation: int | None = None
    qr_secret: str | None = None


class BlockCard(BaseModel):
    """Why tills shall refuse the card."""

    reason: BlockReason = BlockReason.LOST


class ReplaceCard(BaseModel):
    """Why a new card is needed."""

    reason: ReplaceReason


class RevokeCard(BaseModel):
    """Why the holder is no longer entitled."""

    reason: RevokeReason


class PlacementEnd(BaseModel):
    """The office tells that a placement ended; a leader will confirm."""

    region: Region
    holder_ref: HolderRef
    district_id: District
    ended_on: Day


class Noted(BaseModel):
    """The report was taken; it tells nothing about a card."""

    noted: bool = True


class CardPath(BaseModel):
    """A card."""

    card_id: CardId


class CardsQuery(BaseModel):
    """A part of the registry; a district for whoever leads several."""

    region: Region | None = None
    district_id: District | None = None
    limit: int = Field(default=50, ge=1, le=100)
    cursor: Cursor = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.region and self.district_id:
            regions.check_district(self.region, self.district_id, "district_id")
        return self


class CardView(BaseModel):
    """A card in the registry or in its holder's hands: never the number."""

    id: str
    last4: str
    status: Status
    holder_ref: str
    region: str
    district_id: str
    issued_at: datetime
    code_valid_until: date
    activated_at: datetime | None
    via: Via | None
    consent_community: bool
    reason: str | None
    placement_ended_on: date | None
    replaces: str | None
    replaced_by: str | None
    version: int

    @classmethod
    def of(cls, card: Card) -> Self:
        """The view of a card."""
        return cls(
            **card.model_dump(include=set(cls.model_fields) - {"consent_community"}),
            code_valid_until=card.code.last_day,
            activated_at=card.activation.at if card.activation else None,
            via=card.activation.via if card.activation else None,
            consent_community=card.consent_community,
        )


class CardPage(BaseModel):
    """What the holder's page and the printed card show."""

    id: str
    status: Status
    number: str
    number_in_fours: str
    qr_text: str
    qr_svg: str


class ContactView(BaseModel):
    """How to reach a holder for card matters."""

    model_config = ConfigDict(defer_build=True, hide_input_in_errors=True)

    name: str
    channel: str
    phone: str | None = None
    address: str | None = None
    language: str = "ru"
