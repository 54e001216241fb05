"""What a case is made of: needs and their changes, consents, decisions, help, its history."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field

from services.intake.codes.values import ConsentForm, Purpose, Relation, Urgency
from shared.domain import CodeEnum, CodeOf, Day, Moment, ValueObject
from shared.errors import Invalid
from shared.ids import pattern

RequestId = Annotated[str, Field(pattern=pattern("req"))]
NeedId = Annotated[str, Field(pattern=pattern("ned"))]
RequestNumber = Annotated[str, Field(pattern=r"^[0-9]{8}$")]

MAX_NEEDS = 30


class Status(CodeEnum, of="case_status"):
    """How far a case has come on the guardian-care track."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    ONE_TIME_HELP = "one_time_help"
    CARE_REQUIRED = "care_required"
    MATCHED = "matched"
    IN_CARE = "in_care"
    CLOSED = "closed"


class NeedStatus(CodeEnum, of="need_status"):
    """Whether a need is still to be met."""

    OPEN = "open"
    MET = "met"
    DROPPED = "dropped"


class Stamp(ValueObject):
    """Who acts, in which role, when; `for_whom` names a family that another acts for."""

    by: str
    role: str
    at: Moment
    for_whom: str | None = None


class HistoryEntry(ValueObject):
    """One line of a case's history: codes and ids, no words about the family."""

    at: Moment
    what: str
    by: str
    role: str
    reason: str | None = None
    ref: str | None = None
    for_whom: str | None = None


class Need(ValueObject):
    """One kind of help a family waits for; its words are in the vault's record `text_ref`."""

    need_id: str
    category: str
    urgency: Urgency = Urgency.NORMAL
    status: NeedStatus = NeedStatus.OPEN
    clarified: bool = False
    text_ref: str | None = None
    drop_reason: str | None = None
    changed_by: str
    changed_at: Moment

    @property
    def open(self) -> bool:
        """Whether the need is still to be met."""
        return self.status is NeedStatus.OPEN


class NeedEdit(ValueObject):
    """New words, urgency or category for one need; what is None stays."""

    need_id: str
    category: str | None = None
    urgency: Urgency | None = None
    text_ref: str | None = None


class NeedChanges(ValueObject):
    """Everything one call changes about a family's needs, all at once or not at all."""

    added: tuple[Need, ...] = ()
    edited: tuple[NeedEdit, ...] = ()
    confirmed: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    dropped: Mapping[str, str] = {}

    def apply(
        self, needs: tuple[Need, ...], *, by: str, at: datetime, clarifies: bool
    ) -> tuple[Need, ...]:
        """Return the needs afterwards; `clarifies` when headquarters has asked the family."""
        open_needs = {need.need_id: need for need in needs if need.open}
        changed: dict[str, Need] = {}
        for group, need_id, update in self._updates():
            if need_id not in open_needs or need_id in changed:
                raise Invalid("need_not_open", pointer=f"/{group}", need_id=need_id)
            stamped = update | {"changed_by": by, "changed_at": at}
            if clarifies:
                stamped["clarified"] = True
            changed[need_id] = open_needs[need_id].model_copy(update=stamped)
        result = tuple(changed.get(need.need_id, need) for need in needs) + self.added
        if len(result) > MAX_NEEDS:
            raise Invalid("too_many_needs", pointer="/add", most=MAX_NEEDS)
        return result

    def _updates(self) -> Iterable[tuple[str, str, dict[str, Any]]]:
        for edit in self.edited:
            yield "change", edit.need_id, edit.model_dump(exclude_none=True)
        for need_id in self.confirmed:
            yield "confirm", need_id, {}
        for need_id in self.met:
            yield "met", need_id, {"status": NeedStatus.MET}
        for need_id, reason in self.dropped.items():
            yield "drop", need_id, {"status": NeedStatus.DROPPED, "drop_reason": reason}


class Member(ValueObject):
    """A member of the family; of a child only year and month of birth."""

    relation: str
    born: str | None = None


class Family(ValueObject):
    """The family, as far as the programme has to know it."""

    kind: str
    applicant_relation: str
    groups: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()

    @property
    def needs_check(self) -> bool:
        """Whether headquarters should check that the programme is for this family."""
        relations = {self.applicant_relation, *(each.relation for each in self.members)}
        return Relation.OTHER in relations

    def without_ages(self) -> Self:
        """Return the family without the months of birth."""
        ageless = tuple(Member(relation=member.relation) for member in self.members)
        return self._with(members=ageless)


class Consent(ValueObject):
    """One purpose the family allowed, and until when; `recipient` narrows it to one office."""

    purpose: Purpose
    form: ConsentForm
    text_version: str
    recipient: str | None = None
    given_at: Moment
    given_by: str
    withdrawn_at: Moment | None = None

    @property
    def holds(self) -> bool:
        """Whether the family has not withdrawn it."""
        return self.withdrawn_at is None

    def allows(self, purpose: Purpose, recipient: str | None) -> bool:
        """Whether it holds for this purpose and this office."""
        return self.holds and self.purpose is purpose and self.recipient == recipient

    def withdrawn_for(self, purpose: Purpose, recipient: str | None, at: datetime) -> Self:
        """Return the consent, withdrawn if it holds for this purpose and this office."""
        return self._with(withdrawn_at=at) if self.allows(purpose, recipient) else self


class ExternalRef(ValueObject):
    """The number of the same request in another system."""

    system: str
    id: str


class Triage(ValueObject):
    """What headquarters decided about a request."""

    decision: str
    reason: str | None = None
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


class Outcome(ValueObject):
    """What headquarters saw the help change; its note is in the vault's record `note_ref`."""

    outcome: str
    needs_met: tuple[str, ...] = ()
    note_ref: str | None = None
    at: Moment
    by: str
