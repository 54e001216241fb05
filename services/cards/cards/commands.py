"""What people send about cards."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.cards.cards.values import BlockReason, Entitlement, PlacementOrder
from shared.api.models import Command, FileNumber, RegionQuery
from shared.domain import Day, DistrictCode, RegionCode
from shared.office_values import ONE_STROKE, with_number_sign
from shared.privacy.contact import Contact, has_mobile
from shared.reference.code_lists import Listed


def _unsigned(said: object) -> object:
    if not isinstance(said, str):
        return said
    return with_number_sign(said).translate(ONE_STROKE).lstrip("№# ")


# It has a digit, so that no name is taken for a number, or says that it has none.
_SIGNS = "0-9A-Za-zА-Яа-яЁё_./-"
DocumentRef = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=rf"^([{_SIGNS}]*[0-9][{_SIGNS}]*|[бБ]/[нН])$",
    ),
    BeforeValidator(_unsigned),
]


def _not_phone(number: str) -> str:
    """Refuse a phone from the wrong field: a number of a file goes where no phone may.

    Ten digits may be a number of an office.
    """
    if number.startswith(("7", "8")) and has_mobile(number):
        raise PydanticCustomError("bad_file_number", "a phone")
    return number


class Order(Command):
    """The placement order of the office."""

    order_ref: DocumentRef
    ordered_on: Day


class IssueCard(Command):
    """A card for a current foster parent, or for a candidate whose order exists.

    `holder_ref` is the office's own opaque number of the person, never a name or a phone. An
    office always names its `order`.
    """

    region: RegionCode
    district_id: DistrictCode
    holder_ref: Annotated[FileNumber, AfterValidator(_not_phone)]
    placement_current: bool = False
    order: Order | None = None
    contact: Contact | None = None

    def entitlement(self) -> Entitlement:
        """Return the ground on which the person may hold a card."""
        order = PlacementOrder(**self.order.model_dump()) if self.order else None
        return Entitlement(placement_current=self.placement_current, order=order)


class BlockCard(Command):
    """Why tills shall refuse the card."""

    reason: Annotated[str, Listed("card_block_reason")] = BlockReason.LOST.value


class ReplaceCard(Command):
    """Why a new card is needed."""

    reason: Annotated[str, Listed("card_replace_reason")]


class MoveCard(Command):
    """Where the holder lives now."""

    district_id: DistrictCode


class RevokeCard(Command):
    """Why the holder is no longer entitled."""

    reason: Annotated[str, Listed("card_revoke_reason")]


class CardsQuery(RegionQuery):
    """A part of the registry; a district for a leader of several."""

    district_id: DistrictCode | None = None
