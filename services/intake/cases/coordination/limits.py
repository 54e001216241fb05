"""By when a case must have gone on: the one table of it, and its place in the queue.

A limit runs by the clock, at night and on holidays too. Urgent cases have shorter ones, so that
the time that is left says how much is at risk; at one moment the urgent comes first.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from services.intake.cases.decisions import CareMarker, OpenMatch, Outcome, Triage
from services.intake.cases.values import HistoryEntry, Need, Status
from services.intake.codes.values import Urgency
from shared.domain import Moment, TimedAggregate

OUTCOME_EVERY = timedelta(days=31)
# The role of who takes cases where nothing else is said.
COORDINATOR = "regional_hq"
# In its history: it was made of a request that had come in before.
OPENED = "opened"


class CaseInTime(TimedAggregate):
    """The facts of a case that its limits run from."""

    received_at: Moment
    status: Status = Status.RECEIVED
    urgent: bool = False
    needs: tuple[Need, ...] = ()
    taken_by: str | None = None
    taken_as: str | None = None
    triage: Triage | None = None
    care: CareMarker | None = None
    match: OpenMatch | None = None
    in_care_since: Moment | None = None
    outcomes: tuple[Outcome, ...] = ()
    history: tuple[HistoryEntry, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the family is still being helped."""
        return self.status is not Status.CLOSED

    @property
    def untaken(self) -> bool:
        """Whether the family waits and no coordinator works on its case."""
        return self.open and self.taken_by is None

    @property
    def with_case_manager(self) -> bool:
        """Whether a case manager goes along with the family, and headquarters decides."""
        return self.taken_as == "case_manager"

    @property
    def coordinator_role(self) -> str:
        """In which role the case was taken; a colleague who goes on with it acts in the same."""
        return self.taken_as or COORDINATOR

    @property
    def open_needs(self) -> tuple[Need, ...]:
        """The needs that are still to be met."""
        return tuple(need for need in self.needs if need.open)

    @property
    def waiting_since(self) -> datetime:
        """Since when the family waits: the marker, else the call or the last reopening."""
        reopened = [entry.at for entry in self.history if entry.what == "reopened"]
        asked = reopened[-1] if reopened else self.received_at
        return asked if self.care is None else self.care.at

    @property
    def takeable_since(self) -> datetime:
        """Since when it waits to be taken; a request may have become a case long after the call."""
        opened = (entry.at for entry in self.history if entry.what == OPENED)
        return max((self.waiting_since, *opened))


class Limit(NamedTuple):
    """How long a case may stay as it is; `urgent` when the family cannot wait."""

    normal: timedelta
    urgent: timedelta

    def of(self, case: CaseInTime) -> timedelta:
        """Return the limit of one case."""
        return self.urgent if is_urgent(case) else self.normal


# Until a coordinator takes it: then the headquarters is reminded, and after twice that the lead.
UNTAKEN = Limit(timedelta(hours=3), timedelta(hours=1))
# The times of the work items (services/notifications/templates/intake.toml), and of matching's
# proposals; urgent: a third of them, as it is until a case is taken.
LIMITS: Mapping[Status, Limit] = {
    Status.RECEIVED: UNTAKEN,
    Status.IN_REVIEW: Limit(timedelta(hours=24), timedelta(hours=8)),
    Status.ONE_TIME_HELP: Limit(timedelta(days=7), timedelta(hours=56)),
    Status.CARE_REQUIRED: Limit(timedelta(days=3), timedelta(hours=24)),
    Status.MATCHED: Limit(timedelta(days=3), timedelta(hours=24)),
    # In care the next outcome is due; urgency changes nothing about a month.
    Status.IN_CARE: Limit(OUTCOME_EVERY, OUTCOME_EVERY),
}
_BEGINS_REVIEW = ("taken", "reopened", "care_lifted")


def is_urgent(case: CaseInTime) -> bool:
    """Whether the family cannot wait."""
    return case.urgent or any(need.urgency is Urgency.URGENT for need in case.open_needs)


def breach_at(case: CaseInTime) -> datetime | None:
    """Return by when an open case must have gone on."""
    if not case.open:
        return None
    limit = UNTAKEN if case.untaken else LIMITS[case.status]
    return _since(case) + limit.of(case)


def reminder_at(case: CaseInTime) -> datetime | None:
    """Return when the headquarters is reminded of an untaken case."""
    return case.takeable_since + UNTAKEN.of(case) if case.untaken else None


def escalation_at(case: CaseInTime) -> datetime | None:
    """Return when the lead of the region is reminded of an untaken case."""
    return case.takeable_since + 2 * UNTAKEN.of(case) if case.untaken else None


def outcome_due_at(case: CaseInTime) -> datetime | None:
    """Return when headquarters should have recorded the next outcome of the care."""
    since = case.in_care_since
    return None if since is None else _outcome_since(case, since) + OUTCOME_EVERY


def _since(case: CaseInTime) -> datetime:
    """Return from when the present limit runs."""
    if case.untaken:
        return case.takeable_since
    return max(_beginnings(case), default=case.waiting_since)


def _beginnings(case: CaseInTime) -> Iterator[datetime]:
    match case.status:
        case Status.IN_REVIEW:
            yield from (entry.at for entry in case.history if entry.what in _BEGINS_REVIEW)
        case Status.ONE_TIME_HELP if case.triage is not None:
            yield case.triage.at
        case Status.MATCHED if case.match is not None:
            yield case.match.proposed_at
        case Status.IN_CARE if case.in_care_since is not None:
            yield _outcome_since(case, case.in_care_since)


def _outcome_since(case: CaseInTime, since: datetime) -> datetime:
    return max((each.at for each in case.outcomes if each.at > since), default=since)
