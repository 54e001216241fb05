"""How a person who works for the programme is named."""

from typing import Annotated

from pydantic import Field

UserId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:@-]{1,80}$")]
