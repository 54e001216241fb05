"""The small things a case is made of; each is a value that never changes in place."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.intake.codes.values import ConsentForm, LongTermReason, Purpose

HELD = ConfigDict(defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class Stamp(BaseModel):
    """Who did something, in which role, when; `for_whom` when somebody acted for the family."""

    model_config = HELD

    by: str
    role: str
    at: datetime
    for_whom: str | None = None


class Entry(BaseModel):
    """One line of a case's history: codes and ids, no words about the family."""

    model_config = HELD

    at: datetime
    what: str
    by: str
    role: str
    reason: str | None = None
    ref: str | None = None
    for_whom: str | None = None


class Member(BaseModel):
    """Somebody of the family; of a child only year and month of birth."""

    model_config = HELD

    relation: str
    born: str | None = None


class Family(BaseModel):
    """Who the family is as far as anyone needs to know."""

    model_config = HELD

    kind: str
    applicant_relation: str
    groups: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()


class Consent(BaseModel):
    """One purpose the family allowed, and until when; `recipient` narrows it to one office."""

    model_config = HELD

    purpose: Purpose
    form: ConsentForm
    text_version: str
    recipient: str | None = None
    given_at: datetime
    given_by: str
    withdrawn_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether the family has not taken it back."""
        return self.withdrawn_at is None


class ExternalRef(BaseModel):
    """The number of the same request in a system outside."""

    model_config = HELD

    system: str
    id: str


class Triage(BaseModel):
    """What headquarters decided about a request."""

    model_config = HELD

    decision: str
    reason: str | None = None
    provider: str | None = None
    by: str
    at: datetime


class CareFlag(BaseModel):
    """The marker «guardianship required»; `at` stays while the family waits again and again."""

    model_config = HELD

    reason: LongTermReason
    by: str
    at: datetime


class OpenMatch(BaseModel):
    """The one guardian that is being tried or already cares."""

    model_config = HELD

    match_id: str
    guardian_id: str
    proposed_at: datetime
    introduced: bool = False
    agreed: bool = False
    started_on: str | None = None


class Aid(BaseModel):
    """Help given once, always free."""

    model_config = HELD

    aid_id: str
    category: str
    persons: int
    legal_basis: str
    provider: str | None = None
    funding_project: str | None = None
    at: datetime
    by: str


class Outcome(BaseModel):
    """What headquarters saw the help change; words about it lie in the vault under `note_ref`."""

    model_config = HELD

    outcome: str
    needs_met: tuple[str, ...] = ()
    note_ref: str | None = None
    at: datetime
    by: str
