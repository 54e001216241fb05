"""Links and phones that messages end with, as operations have set them."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel

EVERYWHERE = "ALL"


class Lines(BaseModel, frozen=True):
    """The links and phones of one region, or of all (`ALL`), by their code."""

    region: str
    values: Mapping[str, str] = {}
    version: int = 0

    def changed(self, values: Mapping[str, str]) -> Self:
        """The whole set replaced; new messages use it from now on."""
        return self.model_copy(update={"values": dict(values)})
