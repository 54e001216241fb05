"""A region's headquarters: the people who may attend an introduction."""

from typing import Self

from shared.domain import Aggregate


class Headquarters(Aggregate):
    """The coordinators of one region, by user id; a region without any has no headquarters."""

    region: str
    coordinators: tuple[str, ...] = ()

    def staffed_by(self, coordinators: tuple[str, ...]) -> Self:
        """Replace the people who work there."""
        return self._with(coordinators=tuple(sorted(set(coordinators))))
