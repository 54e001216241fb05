"""How a table of trainings is named."""

from typing import Annotated

from pydantic import Field

from shared.ids import pattern

TableId = Annotated[str, Field(pattern=pattern("trt"))]
