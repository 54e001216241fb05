"""What comes in about a gift."""

from typing import Annotated, Literal

from services.matching.evidence.commands import PaperRef
from services.matching.families.values import FamilyId
from services.matching.resources.commands import Quantity
from shared.api.models import Command, RegionQuery
from shared.domain import Day
from shared.reference.code_lists import Listed


class OfferGift(Command):
    """What a family wants to give, of its own accord (`opted_in`), and from which day.

    The headquarters names the family and the paper on which it said so.
    """

    kind: Annotated[str, Listed("gift_kind")]
    category: Annotated[str, Listed("aid_category")]
    quantity: Quantity
    unit: Annotated[str, Listed("resource_unit")]
    on: Day
    opted_in: Literal[True]
    family_id: FamilyId | None = None
    paper_ref: PaperRef | None = None


class WithdrawGift(Command):
    """The headquarters names the paper on which the family took the gift back."""

    paper_ref: PaperRef | None = None


class GiftQuery(RegionQuery):
    """A family's own gifts, in one region; the headquarters names the family."""

    family_id: FamilyId | None = None
