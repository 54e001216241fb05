"""The figures of a region and of all regions: numbers only."""

from services.notifications.figures.commands import FiguresQuery
from services.notifications.figures.domain import total
from services.notifications.figures.repository import (
    SO_FAR,
    DaySumsRepository,
    FeedbackCountsRepository,
)
from services.notifications.figures.views import (
    DayFigures,
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
    if caller.nationwide and query.region is None:
        POLICY.require(caller, "view_figures", Resource(FIGURES, "all"))
        codes = list(regions.regions())
    else:
        partition = Partition.of_region(caller, query.region)
        POLICY.require_list(caller, "view_figures", FIGURES, partition)
        codes = [partition.region or ""]
    today = min(calendar.local_date(regions.zone(code), clock.now()) for code in codes)
    month = query.month or f"{today:%Y-%m}"
    found = {code: days.of_month(region_key(code), month) for code in codes}
    own = caller.role == "regional_hq"
    answers, so_far = (
        {code: feedback_of(each, hides_few=not own) for code, each in counts.items()}
        | {"": feedback_of_regions(counts.values(), hides_few=not own)}
        for counts in (feedback.of_regions(codes, month), feedback.of_regions(codes, SO_FAR))
    )
    every = sorted({each.day for some in found.values() for each in some})
    by_day = {
        day: total(each.sums for some in found.values() for each in some if each.day == day)
        for day in every
    }
    return Figures(
        region=codes[0] if len(codes) == 1 else None,
        month=month,
        channels=channels_of(total(by_day.values())),
        feedback=answers[""],
        feedback_so_far=so_far[""],
        days=[DayFigures(day=day, channels=channels_of(sums)) for day, sums in by_day.items()],
        regions=[
            RegionFigures(
                region=code,
                channels=channels_of(total(each.sums for each in some)),
                feedback=answers[code],
                feedback_so_far=so_far[code],
            )
            for code, some in found.items()
        ],
    )
