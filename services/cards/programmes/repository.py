"""PROGRAMME#prg_<region>: the one programme of a region, found by its key alone."""

from services.cards.programmes.domain import Programme, programme_id
from shared.errors import IllegalStep
from shared.storage.repository import Repository


class Programmes(Repository[Programme]):
    """The card programmes of all regions."""

    model = Programme
    prefix = "PROGRAMME"

    def of_region(self, region: str) -> Programme:
        """The region's programme; raises NotFound."""
        return self.get(programme_id(region))

    def running_in(self, region: str) -> Programme:
        """The programme under which a card may be issued; refuses where there is none."""
        programme = self.find(programme_id(region))
        if programme is None:
            raise IllegalStep("no_programme", ("start_programme",))
        programme.require_running()
        return programme
