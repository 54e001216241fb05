"""The figures of a region and of all regions: numbers only."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from operator import attrgetter

from services.notifications.figures.commands import FiguresQuery
from services.notifications.figures.domain import DaySums, FeedbackCounts, Sums, total
from services.notifications.figures.repository import (
    SO_FAR,
    DaySumsRepository,
    FeedbackCountsRepository,
)
from services.notifications.figures.views import (
    DayFigures,
    FeedbackFigures,
    Figures,
    RegionFigures,
    channels_of,
    feedback_of,
    feedback_of_regions,
)
from services.notifications.policy import POLICY
from shared import clock
from shared.identity.partitions import Partition
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.list_keys import region_key

FIGURES = "Figures"


def view_figures(
    query: FiguresQuery,
    caller: Principal,
    days: DaySumsRepository,
    feedback: FeedbackCountsRepository,
) -> Figures:
    """Show the outcomes of messages by day and channel, and how families answer about their care.

    Outside of a region's headquarters numbers of families below five are hidden.
    """
    codes = _authorised_regions(query, caller)
    today = min(calendar.local_date(regions.zone(code), clock.now()) for code in codes)
    month = query.month or f"{today:%Y-%m}"
    found = {code: days.of_month(region_key(code), month) for code in codes}
    own = caller.role == "regional_hq"
    counted = feedback.of_regions(codes, (month, SO_FAR))
    answers, so_far = (_answers(each, hides_few=not own) for each in counted)
    by_day = _by_day(each for some in found.values() for each in some)
    return Figures(
        region=codes[0] if len(codes) == 1 else None,
        month=month,
        channels=channels_of(total(by_day.values())),
        feedback=answers[""],
        feedback_so_far=so_far[""],
        days=[DayFigures(day=day, channels=channels_of(sums)) for day, sums in by_day.items()],
        regions=[
            _of_region(code, some, answers[code], so_far[code]) for code, some in found.items()
        ],
    )


def _of_region(
    code: str, days: Iterable[DaySums], feedback: FeedbackFigures, so_far: FeedbackFigures
) -> RegionFigures:
    channels = channels_of(total(each.sums for each in days))
    return RegionFigures(region=code, channels=channels, feedback=feedback, feedback_so_far=so_far)


def _authorised_regions(query: FiguresQuery, caller: Principal) -> list[str]:
    """Return the region whose figures a caller asks for; all where it may, and names none."""
    if caller.nationwide and query.region is None:
        POLICY.require(caller, "view_figures", Resource(FIGURES, "all"))
        return list(regions.regions())
    partition = Partition.of_region(caller, query.region)
    POLICY.require_list(caller, "view_figures", FIGURES, partition)
    return [partition.region or ""]


def _answers(
    counts: Mapping[str, FeedbackCounts], *, hides_few: bool
) -> dict[str, FeedbackFigures]:
    """Return how families answered, by region and, under no name, of all together."""
    of_regions = {code: feedback_of(each, hides_few=hides_few) for code, each in counts.items()}
    return of_regions | {"": feedback_of_regions(counts.values(), hides_few=hides_few)}


def _by_day(days: Iterable[DaySums]) -> dict[date, Sums]:
    """Return the sums of each day over all regions, in the order of the days."""
    ordered = sorted(days, key=attrgetter("day"))
    return {
        day: total(each.sums for each in some)
        for day, some in groupby(ordered, key=attrgetter("day"))
    }
