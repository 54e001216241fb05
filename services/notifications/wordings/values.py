"""Closed lists of wordings."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

WordingId = Annotated[str, Field(pattern=pattern("wrd"))]
TemplateName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{2,63}$")]
# Which of a template's texts: a value of an event's field.
Variant = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")]


class WordingStatus(CodeEnum, of="wording_status"):
    """How far an edited wording is."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REPLACED = "replaced"
    DISCARDED = "discarded"
