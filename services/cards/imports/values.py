"""What a batch is made of: its kind and its clerk."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum, ValueObject
from shared.ids import pattern

HELD = "held"  # the status of what a row gave, when a leader decides first

BatchId = Annotated[str, Field(pattern=pattern("bat"))]


class TableOf(CodeEnum, of="card_table_kind"):
    """What the rows of a table are."""

    HOLDERS = "holders"
    SHOPS = "shops"


class ImportedBy(ValueObject):
    """On whose authority the cards are issued, as proved when the batch was opened."""

    id: str
    role: str
    regions: tuple[str, ...]
    districts: tuple[str, ...]
    org: str | None = None
