"""The placement under a card: where it is, its reported end, and when the card ends by it."""

from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from services.cards.cards.values import ENDED, WARNING_DAYS, CardStatus, Entitlement
from shared.domain import TimedAggregate
from shared.errors import Invalid
from shared.reference import calendar


class OfPlacement(TimedAggregate):
    """A card as far as its placement goes; it is revoked where it may be."""

    status: CardStatus
    entitlement: Entitlement
    district_id: str  # where its holder lives: its leader sees the card, its partners are news
    placement_ended_on: date | None = None
    end_dismissed: date | None = None  # the reported end that a leader has found to be none
    closes_on: date | None = None  # its last day, unless a leader says that the placement goes on

    @property
    def on_order(self) -> bool:
        """Whether a placement order is the ground for the card."""
        return self.entitlement.order is not None

    def move(self, district_id: str) -> Self:
        """Note where the holder lives now; the number of her file stays its office's."""
        self._require("move")
        return self._with(district_id=district_id)

    def report_placement_end(self, ended_on: date, today: date, grace_days: int) -> Self:
        """Note that the placement ended: the card ends after a time of grace, or by a leader.

        An end before the day of the order is that of another placement.
        The same end that is reported again puts off nothing: its holder is warned already. One that
        a leader has found to be none asks neither leader nor holder again. That of a held card is
        reported again, when a leader has said whose it is.
        """
        if self.status is CardStatus.HELD:
            raise self._refusal("end_of_held_card")
        self._require("revoke")
        if ended_on > today:
            raise Invalid("date_in_future", "/ended_on")
        order = self.entitlement.order
        if order is not None and ended_on < order.ordered_on:
            raise Invalid("end_before_order", "/ended_on", ordered_on=order.ordered_on)
        if ended_on == self.end_dismissed:
            raise self._refusal("placement_goes_on")
        warned = today + timedelta(days=WARNING_DAYS)
        if self.closes_on is not None and self.placement_ended_on == ended_on:
            warned = min(warned, self.closes_on)
        last_day = max(ended_on + timedelta(days=grace_days), warned)
        return self._with(placement_ended_on=ended_on, closes_on=last_day)

    def of_placement(self, other: "OfPlacement") -> Self:
        """Return this new card with the end of the placement of the one that it replaces."""
        return self._with(
            placement_ended_on=other.placement_ended_on,
            end_dismissed=other.end_dismissed,
            closes_on=other.closes_on,
        )

    def dismiss_placement_end(self) -> Self:
        """Note that the placement goes on: the card stays, and may wait for its activation."""
        self._require("revoke")
        if self.placement_ended_on is None:
            raise self._refusal("no_placement_end")
        return self._rearm("activation_due")._with(
            placement_ended_on=None, end_dismissed=self.placement_ended_on, closes_on=None
        )

    def closes_at(self, zone: ZoneInfo) -> datetime | None:
        """Return when the card ends by time alone; None while its placement goes on."""
        if self.status in ENDED or self.closes_on is None:
            return None
        return calendar.end_of_day(zone, self.closes_on)
