"""The one synchronous contract between services: whose contact is behind this reference, now?

Whoever must reach a person asks the service that owns the contact at the moment of sending, and
keeps no copy. Guarantees
* One question holds at most 100 items and the answer speaks of each of them exactly once.
* The owner answers with exactly the variables that it declares for a template: neither a forgotten
  nor a surplus one leaves it, and a template it does not know is refused.
* A failing item is refused alone; an owner that is down or answers nonsense is Unavailable, so
  that the message waits in its queue.
* No validation error of this module carries a value.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared import functions
from shared.dependencies import connected
from shared.errors import DomainError, Unavailable
from shared.privacy.contact import Channel, Language

MAX_RECIPIENTS = 100

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
Identifier = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_#:.\-]+$")]


class _Model(BaseModel):
    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )


class RecipientQuery(_Model):
    """One person to reach: the owner's reference, the event that asks, the template to fill.

    `avoid` names channels that have refused this very message: another way is wanted, if any.
    """

    reference: Identifier
    event_id: Identifier
    template: Code
    avoid: tuple[Code, ...] = ()


class RecipientBatch(_Model):
    """Up to a hundred people at once."""

    items: list[RecipientQuery] = Field(min_length=1, max_length=MAX_RECIPIENTS)


class Recipient(_Model):
    """Where to send and what to fill in."""

    reference: Identifier
    channel: Channel
    address: str = Field(repr=False, min_length=1, max_length=256)
    language: Language = "ru"
    variables: dict[str, str] = Field(default_factory=dict, repr=False)


class Refused(_Model):
    """Why this person is not to be reached: no consent, erased, unknown."""

    reference: Identifier
    refused: Code


class Answer(_Model):
    """One entry per item asked, in the same order."""

    recipients: list[Recipient | Refused] = Field(max_length=MAX_RECIPIENTS)


# Takes the query, and its repositories and the vault by type.
Resolver = Callable[..., Recipient | Refused]
Declared = Mapping[str, frozenset[str]]


def answer(event: Any, resolver: Resolver, declared: Declared) -> dict[str, Any]:
    """The owner's side: resolve each item, and let out what its template declares, no more or less.

    `resolver` checks consent and opens the vault (which writes the audit entry); `declared` names
    the variables of every template this owner fills. Unavailable passes through: the whole
    question is to be asked again.
    """
    question = RecipientBatch.model_validate(event)
    return Answer(
        recipients=[_resolved(ask, resolver, declared) for ask in question.items]
    ).model_dump()


def _resolved(ask: RecipientQuery, resolver: Resolver, declared: Declared) -> Recipient | Refused:
    if ask.template not in declared:
        return Refused(reference=ask.reference, refused="unknown_template")
    try:
        found = resolver(ask, **connected(resolver))
    except Unavailable:
        raise
    except DomainError as refused:
        return Refused(reference=ask.reference, refused=refused.code)
    if isinstance(found, Recipient) and set(found.variables) != declared[ask.template]:
        return Refused(reference=ask.reference, refused="undeclared_variables")
    return found


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
