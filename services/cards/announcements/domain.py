"""News of a partner on its way to the holders of its districts, some of them at a step."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from shared.domain import CodeEnum

News = Literal["discount", "leaving"]


class Status(CodeEnum, of="partner_news_status"):
    """Whether all have been told."""

    TELLING = "telling"
    TOLD = "told"


class Announcement(BaseModel):
    """A new discount from a day on, or the last day of a partner that leaves.

    `place` and `start` say which district is being told, and where in it the next step goes on.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    region: str
    partner_id: str
    news: News
    day: date
    districts: tuple[str, ...]
    moved_at: datetime
    offer_id: str | None = None
    percent: int | None = None
    place: int = 0
    start: dict[str, str] | None = None
    told: int = 0
    status: Status = Status.TELLING
    version: int = 0

    @property
    def next_deadline(self) -> datetime | None:
        """The next step is due at once."""
        return self.moved_at if self.status is Status.TELLING else None

    @property
    def district(self) -> str:
        """Whose holders are told now."""
        return self.districts[self.place]

    def moved(self, start: dict[str, str] | None, told: int, at: datetime) -> Self:
        """Some more were told; without a `start` the district is done."""
        place = self.place if start else self.place + 1
        status = Status.TOLD if place == len(self.districts) else Status.TELLING
        changes = {"place": place, "start": start, "told": self.told + told}
        return self.model_copy(update=changes | {"moved_at": at, "status": status})

    def dropped(self) -> Self:
        """It is no longer true, so nobody else is told."""
        return self.model_copy(update={"status": Status.TOLD})
