"""The figures of a region: null where a number is hidden or there is nothing to share."""

from collections.abc import Iterable, Mapping
from typing import Self

from services.intake.codes.values import InitiatedBy
from services.intake.figures.domain import YearCounts
from shared.api.models import View

# A number below this is hidden from those who do not work with the families themselves.
FEW = 5


class ProgrammeFigures(View):
    """Requests in one programme; families are counted once, and once in each of their groups."""

    programme: str
    requests: int | None
    by_initiator: dict[str, int | None]
    self_initiated_share: float | None
    by_purpose: dict[str, int | None]
    families: int | None
    by_group: dict[str, int | None]

    @classmethod
    def of_counts(cls, counts: YearCounts, *, hides_few: bool) -> Self:
        """Show the counts of a programme."""
        few = FEW if hides_few else 0
        own = counts.by_initiator.get(InitiatedBy.SELF, 0)
        # A share next to one hidden number would say that number.
        shown = min(own, counts.requests - own) >= few
        return cls(
            programme=counts.programme,
            requests=_shown(counts.requests, few),
            by_initiator=_all_shown(counts.by_initiator, few),
            self_initiated_share=_share(own, counts.requests) if shown else None,
            by_purpose=_all_shown(counts.by_purpose, few),
            families=_shown(counts.families, few),
            by_group=_all_shown(counts.by_group, few),
        )


class Figures(View):
    """The figures of a region in one calendar year, by programme."""

    region: str
    year: int
    programmes: tuple[ProgrammeFigures, ...]

    @classmethod
    def of_counts(
        cls, region: str, year: int, found: Iterable[YearCounts], *, hides_few: bool
    ) -> Self:
        """Show the counts of all programmes."""
        programmes = (ProgrammeFigures.of_counts(each, hides_few=hides_few) for each in found)
        return cls(region=region, year=year, programmes=tuple(programmes))


def _shown(number: int, few: int) -> int | None:
    return None if 0 < number < few else number


def _all_shown(counts: Mapping[str, int], few: int) -> dict[str, int | None]:
    return {code: _shown(number, few) for code, number in counts.items()}


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
