"""What a provider is described by, and the kinds of help that it can give."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

ProviderId = Annotated[str, Field(pattern=pattern("prv"))]


class Sector(CodeEnum, of="provider_sector"):
    """The four sides of the public-and-state model; a private person is none of them."""

    STATE = "state"
    NGO = "ngo"
    BUSINESS = "business"
    MEDIA = "media"


class AidCategory(CodeEnum, of="aid_category"):
    """Kinds of help that can be recorded."""

    HOUSEHOLD_HELP = "household_help"
    CHILD_LEISURE = "child_leisure"
    ANIMAL_CARE = "animal_care"
    REPAIR_WORK = "repair_work"
    FOOD_AID = "food_aid"
    MATERIAL_AID = "material_aid"
    GOODS_AID = "goods_aid"
    INFORMATION_LEGAL_AID = "information_legal_aid"
    PSYCHO_EDUCATIONAL_AID = "psycho_educational_aid"
    OTHER = "other"
