"""PROGRAMME#prg_<region>: the one programme of a region, found by its key alone."""

from services.cards.programmes.domain import Programme, programme_id
from shared.errors import IllegalStep
from shared.storage.repository import Repository


class Programmes(Repository[Programme]):
    """The card programmes of all regions."""

    model = Programme
    prefix = "PROGRAMME"

    def get_by_region(self, region: str) -> Programme:
        """Return the region's programme; raises NotFound."""
        return self.get(programme_id(region))

    def require_running(self, region: str) -> None:
        """Refuse to issue a card in a region without a running programme."""
        programme = self.find(programme_id(region))
        if programme is None:
            raise IllegalStep("no_programme", ("start_programme",))
        programme.require_running()


class RememberedProgrammes(Programmes):
    """The programmes as one step of a job found them: each is read once, for some seconds."""

    def __init__(self, programmes: Programmes) -> None:
        super().__init__(programmes.store)
        self._found: dict[str, Programme | None] = {}

    def find(self, identifier: str) -> Programme | None:
        """Return the programme as it was when the step first asked."""
        if identifier not in self._found:
            self._found[identifier] = super().find(identifier)
        return self._found[identifier]
