"""A care visit: one help that a family was given."""

from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from services.matching.matches.domain import Match
from services.matching.matches.values import Need
from shared.domain import Aggregate
from shared.errors import IllegalStep


class CareVisit(Aggregate):
    """One help given; the first one of a match starts its care."""

    visit_id: str
    match_id: str
    case_id: str
    guardian_id: str
    region: str
    need_id: str
    category: str
    given_on: date
    recorded_by: str
    noted: bool = False
    confirmed_at: datetime | None = None
    corrections: int = 0
    given: bool = True

    def confirm(self, at: datetime) -> Self:
        """Confirm, for the family, that it got this help."""
        if not self.given:
            raise IllegalStep("visit_not_given")
        if self.confirmed_at is not None:
            raise IllegalStep("visit_already_confirmed")
        return self._with(confirmed_at=at)

    def correct(
        self,
        need_id: str,
        category: str,
        given_on: date,
        *,
        given: bool,
        by_headquarters: bool,
    ) -> Self:
        """Say what was done and when after all, or that it was not; the family confirms anew.

        What the family has confirmed is no longer the guardian's word to change. Of a help that was
        not given no words are kept.
        """
        if not self.given:
            raise IllegalStep("visit_not_given", ("record_help",))
        if self.confirmed_at is not None and not by_headquarters:
            raise IllegalStep("visit_confirmed_by_family")
        if (need_id, given_on, given) == (self.need_id, self.given_on, self.given):
            raise IllegalStep("visit_says_so_already", ("correct_help",))
        return self._with(
            need_id=need_id,
            category=category,
            given_on=given_on,
            given=given,
            noted=self.noted and given,
            confirmed_at=None,
            corrections=self.corrections + 1,
        )


def need_of(visit: CareVisit, match: Match, need_id: str | None, day: date, zone: ZoneInfo) -> Need:
    """Return what a help was for after all: another agreed need, or its own.

    Its own stays, though the next version of the agreement may have left it out.
    """
    match._require("correct_help")
    if need_id in (None, visit.need_id):
        return Need(need_id=visit.need_id, category=visit.category)
    return match.agreed_need(need_id, day, zone)
