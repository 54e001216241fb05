"""How a care visit is named."""

from typing import Annotated

from pydantic import Field

from shared.ids import pattern

VisitId = Annotated[str, Field(pattern=pattern("vis"))]
