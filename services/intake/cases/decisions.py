"""What headquarters decided about a case, the guardian it has, and the help that was given."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from services.intake.cases.values import Need, NeedStatus
from services.intake.codes.fields import OutcomeCode, TriageReason
from services.intake.codes.values import TriageDecision
from shared.domain import CodeOf, Day, Moment, ValueObject
from shared.reference import calendar


class Triage(ValueObject):
    """What headquarters decided about a case."""

    decision: TriageDecision
    reason: TriageReason | None = None
    provider: str | None = None
    by: str
    at: Moment


class CareMarker(ValueObject):
    """The marker «guardianship required»; `at` stays while the family waits again and again."""

    reason: Annotated[str, CodeOf("care_reason")]
    by: str
    at: Moment


class OpenMatch(ValueObject):
    """The one guardian that is being tried or already cares."""

    match_id: str
    guardian_id: str
    proposed_at: Moment
    introduced: bool = False
    agreed: bool = False
    started_on: Day | None = None


class LeftCare(ValueObject):
    """The match that ran when its case left it, until it is heard that it is over.

    So is one whose case was closed, or is reviewed again because the family allows no search. It
    is a care `since` its first help, which may be heard of later.
    """

    match: OpenMatch
    marker: CareMarker | None = None
    since: Moment | None = None

    def begun(self, started_on: date, since: datetime) -> Self:
        """Return it as a care, whose first help is heard of."""
        begun = self.match.model_copy(update={"started_on": started_on, "introduced": True})
        return self._with(match=begun, since=since)

    def again(self, past_matches: tuple[str, ...]) -> dict[str, Any]:
        """Return the facts of a case that is in this care again."""
        past = tuple(one for one in past_matches if one != self.match.match_id)
        care: dict[str, Any] = {"match": self.match, "care": self.marker}
        return care | {"in_care_since": self.since, "past_matches": past, "left_care": None}


def left_by(
    match: OpenMatch | None,
    marker: CareMarker | None,
    since: datetime | None,
    past_matches: tuple[str, ...],
) -> dict[str, Any]:
    """Return what a case that leaves its match and care has instead; one it left before stays."""
    alone: dict[str, Any] = {"care": None, "match": None, "in_care_since": None}
    if match is None:
        return alone
    left = LeftCare(match=match, marker=marker, since=since)
    return alone | {"past_matches": (*past_matches, match.match_id), "left_care": left}


class Aid(ValueObject):
    """Help given once, always free."""

    aid_id: str
    category: str
    persons: int
    legal_basis: str
    provider: str | None = None
    funding_project: str | None = None
    at: Moment
    by: str

    def repeats(self, other: "Aid", zone: ZoneInfo) -> bool:
        """Whether another one of the day looks the same: two people may have recorded one help."""

        def seen(aid: Aid) -> tuple[object, ...]:
            return aid.category, aid.provider, aid.legal_basis, calendar.local_date(zone, aid.at)

        return seen(self) == seen(other)


def became(need: Need, aids: Iterable[Aid]) -> NeedStatus:
    """Return what has become of a need of a closed case, for which no need waits any more."""
    if not need.open:
        return need.status
    given = any(aid.category == need.category and aid.at >= need.changed_at for aid in aids)
    return NeedStatus.MET if given else NeedStatus.ENDED


def without_help(needs: Iterable[Need], aids: Sequence[Aid]) -> tuple[str, ...]:
    """Return the kinds of help that were asked for and not given yet, each once."""
    left = {need.category for need in needs if became(need, aids) is NeedStatus.ENDED}
    return tuple(sorted(left))


class Outcome(ValueObject):
    """What headquarters saw the help change; its note is in the vault's record `note_ref`."""

    outcome: OutcomeCode
    needs_met: tuple[str, ...] = ()
    note_ref: str | None = None
    at: Moment
    by: str
