"""Events of intake about a family's rights: signing in, its own data, who saw its case."""

from datetime import datetime

from pydantic import BaseModel

from shared.events.base import CodeAsked, Event


class SignInRequested(CodeAsked, Event):
    """A code was asked for, to a contact that is known or not."""


class FamilyContactChanged(Event):
    """A family is reached in another way than before.

    `reference` names the contact of before and the family; its owner gets a message of the change
    when it `notifies_former`. Each record that was merged into the family has one, as `record_id`.
    """

    family_id: str
    reference: str
    notifies_former: bool = False
    record_id: str | None = None


class FamilySignedOut(Event):
    """A record of a family was signed out everywhere, at this moment of the wall's time.

    Links that were given to it before that open and sign nothing any more, in whichever service.
    """

    family_id: str
    at: datetime


class FamilyUnreachable(Event):
    """A family with an open case left no contact, or has `forbidden` to be reached by it.

    No message reaches it; an anonymous family wants it so. Each record that was merged into the
    family has one, as `record_id`.
    """

    family_id: str
    district_id: str
    forbidden: bool
    record_id: str | None = None


class FamilyReachable(Event):
    """A family that could not be reached need be no more, or has a contact and allows its use."""

    family_id: str


class _OfPerson(BaseModel, defer_build=True):
    """What a fact about a person's own request says; no event itself, so not in the catalogue."""

    family_id: str
    kind: str


class PersonRequested(_OfPerson, Event):
    """A family asks for its data, its correction or erasure, or objects; due on a day."""

    due_on: str


class PersonAnswered(_OfPerson, Event):
    """Headquarters has done what the family asked about its data, or refused it."""

    outcome: str


class DisclosedToOffice(Event):
    """Headquarters showed a family's case to a district office without the family's consent."""

    family_id: str
    district_id: str
    reason: str
    until: str


class DisclosureEnded(Event):
    """Headquarters shows a family's case to a district office no more, before its time was over."""

    family_id: str
    district_id: str
