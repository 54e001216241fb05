"""A region's headquarters: the people who may attend an introduction."""

from typing import Self

from pydantic import BaseModel, ConfigDict


class Headquarters(BaseModel):
    """The coordinators of one region, by user id; a region without any has no headquarters."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)

    region: str
    coordinators: tuple[str, ...] = ()
    version: int = 0

    def staffed_by(self, coordinators: tuple[str, ...]) -> Self:
        """The people who work there now."""
        return self.model_copy(update={"coordinators": tuple(sorted(set(coordinators)))})
