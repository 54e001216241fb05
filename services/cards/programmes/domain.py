"""The foster-parent card of a region, run together by its club and its authority."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict

from shared.domain import CodeEnum
from shared.errors import IllegalStep, Invalid


class Status(CodeEnum, of="card_programme_status"):
    """Whether cards may be issued."""

    RUNNING = "running"
    CLOSED = "closed"


class Programme(BaseModel):
    """A joint undertaking: without both parties and a running programme no card is issued."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    region: str
    club_id: str
    authority_id: str
    started_on: date
    status: Status = Status.RUNNING
    version: int = 0

    @classmethod
    def start(
        cls, region: str, club_id: str, authority_id: str, started_on: date, today: date
    ) -> Self:
        """A programme that both parties run from that day on."""
        if started_on > today:
            raise Invalid("date_in_future", "/started_on")
        if club_id == authority_id:
            raise Invalid("two_parties_needed", "/authority_id")
        return cls(
            id=programme_id(region),
            region=region,
            club_id=club_id,
            authority_id=authority_id,
            started_on=started_on,
        )

    def close(self) -> Self:
        """No further card is issued; cards in use stay in use."""
        if self.status is Status.CLOSED:
            raise IllegalStep("programme_closed")
        return self.model_copy(update={"status": Status.CLOSED})

    def require_running(self) -> None:
        """Refuse to issue a card when the programme is over."""
        if self.status is not Status.RUNNING:
            raise IllegalStep("no_programme")


def programme_id(region: str) -> str:
    """The one programme of a region."""
    return f"prg_{region}"
