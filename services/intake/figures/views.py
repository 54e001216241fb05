"""The figures of a region: null where a number is hidden or there is nothing to share."""

from collections.abc import Iterable
from typing import Annotated, Self

from services.intake.codes.fields import GroupCode, ProjectCode
from services.intake.codes.values import InitiatedBy, Programme
from services.intake.figures.domain import YearCounts
from shared.api.models import View
from shared.domain import CodeOf
from shared.privacy.small_numbers import ShownParts, hide_each_few, hide_few

NO_PROJECT = ""


class ProgrammeFigures(View):
    """Requests in one programme; families are counted once, and once in each of their groups.

    Aids are counted by their legal basis, and by the project that paid them, there with persons.
    """

    programme: Programme
    requests: int | None
    by_initiator: dict[Annotated[str, CodeOf("initiated_by")], int | None]
    self_initiated_share: float | None
    by_purpose: dict[Annotated[str, CodeOf("request_purpose")], int | None]
    families: int | None
    by_group: dict[GroupCode, int | None]
    aids_by_basis: dict[Annotated[str, CodeOf("legal_basis")], int | None]
    aids_by_project: dict[ProjectCode, int | None]
    persons_by_project: dict[ProjectCode, int | None]

    @classmethod
    def of_counts(cls, counts: YearCounts, *, hides_few: bool) -> Self:
        """Show the counts of a programme; `hides_few` to those who do not work with families."""
        own = counts.by_initiator.get(InitiatedBy.SELF, 0)
        whole = cls.of(counts, self_initiated_share=_share(own, counts.requests))
        return whole._without_few(counts) if hides_few else whole

    def _without_few(self, counts: YearCounts) -> Self:
        """Hide what may point at a family, and what would say it."""
        shown = hide_few(counts.requests, counts.by_initiator, counts.by_purpose)
        by_initiator, by_purpose = shown.divisions
        own = by_initiator.get(InitiatedBy.SELF, 0)
        by_basis, by_project = _aids_without_few(counts)
        persons = counts.persons_by_project.items()
        return self.model_copy(
            update={
                "requests": shown.total,
                "by_initiator": by_initiator,
                "self_initiated_share": None
                if None in (own, shown.total)
                else self.self_initiated_share,
                "by_purpose": by_purpose,
                "families": hide_few(counts.families).total,
                "by_group": hide_each_few(counts.by_group),
                "aids_by_basis": by_basis,
                "aids_by_project": by_project,
                # As many at least as the aids: beside a hidden number of these they would bound it.
                "persons_by_project": {
                    code: None if by_project[code] is None else number for code, number in persons
                },
            }
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


def _aids_without_few(counts: YearCounts) -> tuple[ShownParts, ShownParts]:
    """Hide the few among aids by basis and by project: two divisions of one total, shown or not.

    An aid that no project paid is a part of it, too.
    """
    total = sum(counts.aids_by_basis.values())
    unpaid = max(0, total - sum(counts.aids_by_project.values()))
    by_project = {**counts.aids_by_project, NO_PROJECT: unpaid}
    by_basis, shown = hide_few(total, counts.aids_by_basis, by_project).divisions
    return by_basis, {code: shown[code] for code in counts.aids_by_project}


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None
