"""What is known of a case, and how its rules speak."""

from datetime import datetime, timedelta
from typing import Any, NoReturn, Self

from pydantic import BaseModel

from services.intake.cases.needs import Need, open_needs
from services.intake.cases.values import (
    HELD,
    Aid,
    CareFlag,
    Consent,
    Entry,
    ExternalRef,
    Family,
    OpenMatch,
    Outcome,
    Stamp,
    Triage,
)
from services.intake.codes.values import ClosedReason, Purpose, Status
from shared.errors import IllegalStep

DUPLICATE_WINDOW = timedelta(hours=24)
OUTCOME_EVERY = timedelta(days=31)
LONGEST_HISTORY = 300

NEXT_STEPS: dict[Status, tuple[str, ...]] = {
    Status.RECEIVED: ("take", "correct_needs", "withdraw"),
    Status.IN_REVIEW: (
        "clarify_needs",
        "triage",
        "require_care",
        "correct_needs",
        "withdraw",
    ),
    Status.ONE_TIME_HELP: ("record_aid", "withdraw"),
    Status.CARE_REQUIRED: ("clarify_needs", "lift_care", "correct_needs", "withdraw"),
    Status.MATCHED: ("clarify_needs", "correct_needs", "withdraw"),
    Status.IN_CARE: ("clarify_needs", "record_outcome", "correct_needs", "withdraw"),
    Status.CLOSED: ("reopen",),
}


class CaseFacts(BaseModel):
    """The fields of a case and what follows from them; people's data lie in the vault."""

    model_config = HELD

    version: int = 0
    case_id: str
    number: str
    region: str
    district: str
    programme: str
    channel: str
    confidentiality: str
    family: Family
    consents: tuple[Consent, ...] = ()
    has_contact: bool = False
    contact_index: str | None = None
    beneficiary_key: str
    external_ref: ExternalRef | None = None
    registered_by: str
    received_at: datetime

    status: Status = Status.RECEIVED
    needs: tuple[Need, ...] = ()
    taken_by: str | None = None
    taken_at: datetime | None = None
    triage: Triage | None = None
    care: CareFlag | None = None
    excluded_guardians: tuple[str, ...] = ()
    match: OpenMatch | None = None
    past_matches: tuple[str, ...] = ()
    in_care_since: datetime | None = None
    aids: tuple[Aid, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    record_missing: bool = False
    closed_reason: ClosedReason | None = None
    closed_at: datetime | None = None
    erased_at: datetime | None = None
    history: tuple[Entry, ...] = ()

    # what is so ---------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        """Whether somebody still works for this family."""
        return self.status is not Status.CLOSED

    @property
    def anonymous(self) -> bool:
        """Whether the family chose to stay unknown."""
        return self.confidentiality == "anonymous"

    @property
    def open_needs(self) -> tuple[Need, ...]:
        """The needs that still wait."""
        return open_needs(self.needs)

    @property
    def needs_check(self) -> bool:
        """Whether headquarters should check that the programme is for this family."""
        relations = {self.family.applicant_relation, *(m.relation for m in self.family.members)}
        return "other" in relations

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The verbs that the present status accepts."""
        return () if self.erased_at else NEXT_STEPS[self.status]

    @property
    def waiting_since(self) -> datetime:
        """Since when the family waits: the marker, else the call or the last opening again."""
        if self.care is not None:
            return self.care.at
        opened = (entry.at for entry in reversed(self.history) if entry.what == "reopened")
        return next(opened, self.received_at)

    @property
    def window_until(self) -> datetime:
        """Until when the same contact in the same region counts as this very request."""
        return self.received_at + DUPLICATE_WINDOW

    @property
    def outcome_due_at(self) -> datetime | None:
        """When headquarters should have recorded the next result of the care."""
        if self.status is not Status.IN_CARE or self.in_care_since is None or self.record_missing:
            return None
        return self._last_result_at(self.in_care_since) + OUTCOME_EVERY

    @property
    def result_missing_since(self) -> datetime | None:
        """Since when a result of the care should have been there, once that was noticed."""
        if not self.record_missing or self.in_care_since is None:
            return None
        return self._last_result_at(self.in_care_since) + OUTCOME_EVERY

    def allows(self, purpose: Purpose, recipient: str | None = None) -> bool:
        """Whether the family's consent to this holds."""
        return any(
            c.purpose is purpose and c.recipient == recipient and c.holds for c in self.consents
        )

    def _last_result_at(self, since: datetime) -> datetime:
        return max((outcome.at for outcome in self.outcomes if outcome.at > since), default=since)

    # how a rule speaks ----------------------------------------------------------------------

    def step(
        self,
        stamp: Stamp,
        what: str,
        *,
        reason: str | None = None,
        ref: str | None = None,
        **changes: Any,
    ) -> Self:
        """The case after one more line of its history."""
        line = stamp.model_dump() | {"what": what, "reason": reason, "ref": ref}
        history = (*self.history, Entry.model_validate(line))[-LONGEST_HISTORY:]
        return self.model_copy(update=changes | {"history": history})

    def require(self, step: str) -> None:
        """Pass when the present status accepts this verb."""
        if step not in self.next_steps:
            self.refuse("step_not_allowed", step=step)

    def refuse(self, code: str, **facts: object) -> NoReturn:
        """Say why not, and what would be accepted."""
        raise IllegalStep(code, self.next_steps, status=self.status.value, **facts)
