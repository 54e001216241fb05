"""The figures as they are shown: null where a number is hidden or there is nothing to share."""

from collections.abc import Mapping
from typing import Annotated, Self

from services.matching.figures.domain import (
    CARE,
    ENDINGS,
    INTRODUCTIONS,
    PROPOSALS,
    STORIES,
    UNSETTLED,
    VOLUNTEERS,
    Counts,
    Parts,
    calls_of,
)
from services.matching.figures.hiding import NOTHING, Hidden
from services.matching.follow_ups.values import FollowUpKind
from services.matching.matches.values import TerminationReason
from services.matching.volunteers.values import Sector
from shared.api.models import View
from shared.domain import CodeOf


class Share(View):
    """So many of so many, with one decimal place."""

    good: int | None
    all: int | None
    percent: float | None


class Calls(View):
    """Follow-up calls whose day belongs to the period (K-05, K-06)."""

    on_time: Share
    missed: int | None
    open: int | None
    cancelled: int | None


class Endings(View):
    """How care ended in the period (K-08)."""

    by_reason: dict[Annotated[str, CodeOf("match_termination_reason")], int | None]
    all_needs_met: Share


class Stories(View):
    """Stories that guardians sent in the period, and those of them that are published (K-10)."""

    submitted: int | None
    cleared: int | None


class Volunteers(View):
    """Who belongs to the volunteer network today (K-45)."""

    of_large_families: int | None
    ngos: int
    businesses: int


class Figures(View):
    """The figures of one region, or of all together."""

    region: str | None
    families_in_care: int | None
    introductions_in_time: Share
    introductions_held: int | None
    proposals: int | None
    two_week_calls: Calls
    one_month_calls: Calls
    endings: Endings
    stories: Stories
    reported_lately: Share
    guardians_by_status: dict[Annotated[str, CodeOf("guardian_status")], int]
    guardians_reached: dict[Annotated[str, CodeOf("guardian_status")], int]
    volunteers: Volunteers

    @classmethod
    def of_counts(
        cls, region: str | None, counts: Counts, hidden: Mapping[str, Hidden], row: str = ""
    ) -> Self:
        """Show the counts of a region; `row` is its name in `hidden`."""
        shown = {
            name: _Group(parts, hidden.get(name, NOTHING), row)
            for name, parts in counts.people.items()
        }
        return cls(
            region=region,
            families_in_care=shown[CARE].sum,
            introductions_in_time=shown[INTRODUCTIONS].share("in_time"),
            introductions_held=shown[INTRODUCTIONS].part("in_time", "late"),
            proposals=shown[PROPOSALS].sum,
            two_week_calls=_calls(shown, FollowUpKind.TWO_WEEKS),
            one_month_calls=_calls(shown, FollowUpKind.ONE_MONTH),
            endings=Endings(
                by_reason={code: shown[ENDINGS].part(code) for code in counts.people[ENDINGS]},
                all_needs_met=shown[ENDINGS].share(TerminationReason.ALL_NEEDS_MET.value),
            ),
            stories=Stories(submitted=shown[STORIES].sum, cleared=shown[STORIES].part("cleared")),
            reported_lately=shown[CARE].share("reported"),
            guardians_by_status=dict(counts.guardians_by_status),
            guardians_reached=dict(counts.guardians_reached),
            volunteers=Volunteers(
                of_large_families=shown[VOLUNTEERS].sum,
                ngos=counts.volunteering[Sector.NGO.value],
                businesses=counts.volunteering[Sector.BUSINESS.value],
            ),
        )


class ProgrammeFigures(View):
    """The figures of all regions together, and of each."""

    first: str
    last: str
    total: Figures
    regions: list[Figures]


class _Group:
    """One group of numbers, without those that are hidden."""

    def __init__(self, parts: Parts, hidden: Hidden, row: str) -> None:
        self._parts = None if row in hidden.parts else parts
        self.sum = None if row in hidden.sums else sum(parts.values())

    def part(self, *codes: str) -> int | None:
        return None if self._parts is None else sum(self._parts[code] for code in codes)

    def share(self, code: str) -> Share:
        good, whole = self.part(code), self.sum
        percent = round(100 * good / whole, 1) if good is not None and whole else None
        return Share(good=good, all=whole, percent=percent)


def _calls(shown: Mapping[str, _Group], kind: FollowUpKind) -> Calls:
    settled = shown[calls_of(kind)]
    rest = {name: shown[calls_of(kind, name)].sum for name in UNSETTLED}
    return Calls(on_time=settled.share("on_time"), missed=settled.part("missed"), **rest)
