"""Where erasures are kept: a job each, by family; gone after 30 days."""

from datetime import timedelta
from typing import ClassVar, TypeVar

from services.matching.erasures.domain import Erasure
from shared import clock
from shared.storage.command_context import CommandContext
from shared.storage.repository import Repository
from shared.storage.rows import Row

KEPT = timedelta(days=30)
E = TypeVar("E", bound=Erasure)


class Erasures(Repository[E]):
    """The families of which something is being erased."""

    id_field: ClassVar[str] = "family_id"

    def row(self, aggregate: E) -> Row:
        """Return an erasure with its next step."""
        ends = clock.wall() + KEPT
        return self._row(aggregate, due_at=aggregate.due_at, job=True, expires_at=ends)

    def begin(self, erasure: E, context: CommandContext) -> None:
        """Have the job begin; again, when it is over and its lists show more by now."""
        known = self.find(erasure.family_id)
        if known is None:
            self.save(context, erasure)
        elif known.due_at is None:
            self.save(context, known.go_on(erasure.due_at))

    def due(self, family_id: str) -> E | None:
        """Return the erasure of a family whose next step has come."""
        found = self.find(family_id)
        return found if found is not None and found.due(clock.now()) else None

    def put_off(self, family_id: str, context: CommandContext) -> None:
        """Try again tomorrow what never came to an end today."""
        found = self.find(family_id)
        if found is not None and found.due_at is not None:
            self.save(context, found.put_off(clock.now()))
