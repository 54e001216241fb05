"""The figures: null where a number is hidden or there is nothing to share."""

from collections.abc import Collection
from datetime import date
from typing import Annotated

from services.notifications.figures.domain import FeedbackCounts, Sums
from shared.api.models import View
from shared.domain import CodeOf
from shared.privacy.small_numbers import FEW


class ChannelFigures(View):
    """The outcomes of the messages of one channel; `none`: no channel was found."""

    channel: Annotated[str, CodeOf("notification_channel")]
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    withheld: int = 0
    unreachable: int = 0


class FeedbackFigures(View):
    """Families that were asked about their care and that answered (K-07)."""

    asked: int | None = None
    answered: int | None = None
    answered_share: float | None = None
    mean_score: float | None = None
    low_scores: int | None = None


class DayFigures(View):
    """The outcomes of the messages of one day."""

    day: date
    channels: list[ChannelFigures]


class RegionFigures(View):
    """The same numbers of one region."""

    region: str
    channels: list[ChannelFigures]
    feedback: FeedbackFigures
    feedback_so_far: FeedbackFigures


class Figures(View):
    """A month of one region or of all, by channel, by day and by region."""

    region: str | None
    month: str
    channels: list[ChannelFigures]
    feedback: FeedbackFigures
    feedback_so_far: FeedbackFigures
    days: list[DayFigures]
    regions: list[RegionFigures]


def channels_of(sums: Sums) -> list[ChannelFigures]:
    """Show sums by channel."""
    return [ChannelFigures(channel=each, **numbers) for each, numbers in sorted(sums.items())]


def feedback_of(counts: FeedbackCounts, *, hides_few: bool) -> FeedbackFigures:
    """Show how families answered; all of it is hidden when one of the numbers is few."""
    return FeedbackFigures() if hides_few and _is_few(counts) else _shown(counts)


def feedback_of_regions(counts: Collection[FeedbackCounts], *, hides_few: bool) -> FeedbackFigures:
    """Show the same of all regions; not where the rest beside the regions shown would be few."""
    rest = FeedbackCounts.sum_of(each for each in counts if _is_few(each))
    together = FeedbackCounts.sum_of(counts)
    guessable = _is_few(rest) or _is_few(together)
    return FeedbackFigures() if hides_few and guessable else _shown(together)


def _shown(counts: FeedbackCounts) -> FeedbackFigures:
    return FeedbackFigures(
        asked=counts.asked,
        answered=counts.answered,
        answered_share=round(100 * counts.answered / counts.asked, 1) if counts.asked else None,
        mean_score=round(counts.points / counts.answers, 1) if counts.answers else None,
        low_scores=counts.low,
    )


def _is_few(counts: FeedbackCounts) -> bool:
    return any(0 < number < FEW for number in counts.parts)
