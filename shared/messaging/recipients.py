"""The one synchronous contract between services: whose contact is behind this reference, now?

A service that must reach a person asks the owner of the contact at the moment of sending, and
keeps no copy. Guarantees
* One question holds at most 100 items and the answer speaks of each of them exactly once.
* The answer holds exactly the variables that the template declares, whatever more the owner knows;
  a template that is not declared, or names what the owner does not know, is refused.
* A failing item is refused alone; an owner that is down or answers nonsense is Unavailable, so
  that the message waits in its queue.
* No validation error of this module carries a value.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field, ValidationError

from shared import functions
from shared.dependencies import connected
from shared.domain import Code, DistrictCode, ValueObject
from shared.errors import DomainError, NotFound, Unavailable
from shared.privacy.contact import Channel, Contact, Language

MAX_RECIPIENTS = 100
# How a person is named whose contact is not proved: no word of a stranger is sent on.
NO_NAME = ""

Identifier = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_#:.\-]+$")]


class _Model(ValueObject, extra="forbid"):
    """A part of a question or an answer."""


class RecipientQuery(_Model):
    """One person to reach: the owner's reference, the event that asks, the template to fill.

    `avoid` names channels that have refused this very message: another way is wanted, if any;
    `prefer` those that the person would rather have, the first one most.
    """

    reference: Identifier
    event_id: Identifier
    template: Code
    avoid: tuple[Code, ...] = ()
    prefer: tuple[Code, ...] = ()


class RecipientBatch(_Model):
    """Up to a hundred people at once."""

    items: list[RecipientQuery] = Field(min_length=1, max_length=MAX_RECIPIENTS)


class Recipient(_Model):
    """Where to send and what to fill in; by the clocks of the district it is day or night."""

    reference: Identifier
    channel: Channel
    district_id: DistrictCode | None = None
    address: str = Field(repr=False, min_length=1, max_length=256)
    language: Language = Language.RU
    variables: dict[str, str] = Field(default_factory=dict, repr=False)


class Refused(_Model):
    """Why this person is not to be reached: no consent, erased, unknown."""

    reference: Identifier
    refused: Code


class Answer(_Model):
    """One entry per item asked, in the same order."""

    recipients: list[Recipient | Refused] = Field(max_length=MAX_RECIPIENTS)


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person as the owner knows them: the contact, and the values that a message may name.

    A value that is read from the vault is given as a function, which is called only for a template
    that declares its name. `first_name` is the name in the contact, or NO_NAME where the contact is
    not proved. `avoid` are channels that this message must not take; `district_id` is where they
    live.
    """

    contact: Contact
    known: Mapping[str, str | Callable[[], str]] = field(default_factory=dict, repr=False)
    avoid: tuple[str, ...] = ()
    district_id: str | None = None


# Takes the query, and its repositories and the vault by type.
Resolver = Callable[..., Addressee | Refused]
Declared = Mapping[str, frozenset[str]]


def answer(event: Any, resolver: Resolver, declared: Declared) -> dict[str, Any]:
    """Answer for the owner: resolve each item, and let out what its template declares.

    `resolver` checks consent and opens the vault (which writes the audit entry); `declared` names
    the variables of every template this owner fills. Unavailable passes through: the whole
    question is to be asked again.
    """
    question = RecipientBatch.model_validate(event)
    return Answer(
        recipients=[_resolved(ask, resolver, declared) for ask in question.items]
    ).model_dump(exclude_none=True)


def _resolved(ask: RecipientQuery, resolver: Resolver, declared: Declared) -> Recipient | Refused:
    if ask.template not in declared:
        return Refused(reference=ask.reference, refused="unknown_template")
    try:
        found = resolver(ask, **connected(resolver))
        if isinstance(found, Refused):
            return found
        return _recipient(ask, found, declared[ask.template])
    except Unavailable:
        raise
    except DomainError as refused:
        return Refused(reference=ask.reference, refused=refused.code)
    except ValidationError as unfit:
        if unfit.title != Contact.__name__:
            raise
        # A number that was kept and is given out no more: staff finds another.
        return Refused(reference=ask.reference, refused=NotFound("contact").code)


def _recipient(
    ask: RecipientQuery, person: Addressee, declared: frozenset[str]
) -> Recipient | Refused:
    contact = person.contact
    way = contact.way((*ask.avoid, *person.avoid), ask.prefer)
    if way is None:
        return Refused(reference=ask.reference, refused="no_channel")
    known = {"first_name": contact.name, **person.known}
    if not declared <= known.keys():
        return Refused(reference=ask.reference, refused="undeclared_variables")
    return Recipient(
        reference=ask.reference,
        channel=way[0],
        district_id=person.district_id,
        address=way[1],
        language=contact.language,
        variables={name: _value(known[name]) for name in declared},
    )


def _value(known: str | Callable[[], str]) -> str:
    return known if isinstance(known, str) else known()


class Recipients:
    """The asking side: one owner, reached by invoking its private function."""

    def __init__(self, client: Any, function: str) -> None:
        self._client = client
        self._function = function

    def resolve(self, items: Sequence[RecipientQuery]) -> list[Recipient | Refused]:
        """Where to send, in the order asked; raises Unavailable when the owner cannot say."""
        question = RecipientBatch(items=list(items))
        down = Unavailable("owner_unavailable")
        found = functions.ask(self._client, self._function, question, Answer, down).recipients
        if [one.reference for one in found] != [ask.reference for ask in items]:
            raise down
        return found
