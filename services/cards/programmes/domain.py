"""The foster-parent card of a region, run together by its club and its authority."""

from datetime import date
from typing import ClassVar, Self

from services.cards.programmes.values import GRACE_DAYS, ProgrammeStatus
from shared.domain import StatefulAggregate
from shared.errors import IllegalStep, Invalid


class Programme(StatefulAggregate):
    """A joint undertaking: without both parties and a running programme no card is issued."""

    STEPS: ClassVar = {
        ProgrammeStatus.RUNNING: {"close_programme": ProgrammeStatus.CLOSED},
        ProgrammeStatus.CLOSED: {"reopen_programme": ProgrammeStatus.RUNNING},
    }
    REFUSAL: ClassVar = "programme_{status}"

    id: str
    region: str
    club_id: str
    authority_id: str
    started_on: date
    grace_days: int = GRACE_DAYS
    status: ProgrammeStatus = ProgrammeStatus.RUNNING

    @classmethod
    def start(
        cls,
        region: str,
        club_id: str,
        authority_id: str,
        started_on: date,
        today: date,
        grace_days: int = GRACE_DAYS,
    ) -> Self:
        """Return a programme that both parties run from that day on."""
        _require_sound(club_id, authority_id, started_on, today)
        return cls(
            id=programme_id(region),
            region=region,
            club_id=club_id,
            authority_id=authority_id,
            started_on=started_on,
            grace_days=grace_days,
        )

    def edit(
        self, club_id: str, authority_id: str, started_on: date, today: date, grace_days: int
    ) -> Self:
        """Replace what describes the programme: ministries and clubs are renamed, or mistyped."""
        _require_sound(club_id, authority_id, started_on, today)
        return self._with(
            club_id=club_id,
            authority_id=authority_id,
            started_on=started_on,
            grace_days=grace_days,
        )

    def close(self) -> Self:
        """Let no further card be issued; cards in use stay in use."""
        self._require("close_programme")
        return self._with(status=ProgrammeStatus.CLOSED)

    def reopen(self) -> Self:
        """Let cards be issued again."""
        self._require("reopen_programme")
        return self._with(status=ProgrammeStatus.RUNNING)

    def require_running(self) -> None:
        """Refuse what a programme that is closed must be opened again for."""
        if self.status is not ProgrammeStatus.RUNNING:
            raise IllegalStep("programme_closed", ("reopen_programme",))


def _require_sound(club_id: str, authority_id: str, started_on: date, today: date) -> None:
    if started_on > today:
        raise Invalid("date_in_future", "/started_on")
    if club_id == authority_id:
        raise Invalid("two_parties_needed", "/authority_id")


def programme_id(region: str) -> str:
    """Return the id of the one programme of a region."""
    return f"prg_{region}"
