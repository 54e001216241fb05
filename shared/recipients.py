"""Whom to reach, asked of the one service that keeps the contact, at the moment of need.

The only synchronous contract between services: a private Lambda of the owner, invoked by role.

Guarantees
- the owner gives a contact and exactly the variables that the message's template declares, or a
  refusal code; `answer` cuts off anything more, so a generous owner leaks nothing;
- at most MOST people are asked about at once, each by reference, event and template;
- when the owner does not answer, the asker gets Unavailable and keeps its message in the queue;
- nobody keeps a copy: an answer lives as long as the sending it was asked for.
"""

import json
import os
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared import ids
from shared.cause import Cause
from shared.errors import NotFound, Unavailable
from shared.principals import system

MOST = 100
NOT_FOUND = "not_found"
NO_CHANNEL = "no_channel"


class Wanted(BaseModel):
    """One person to reach: `reference` is the owner's id, `variables` what the text names.

    `refused_channels` have proved useless for this message; another one is wanted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    reference: str
    event_id: str
    template: str
    variables: tuple[str, ...] = ()
    refused_channels: tuple[str, ...] = ()


class Recipient(BaseModel):
    """Where and with which words to reach that person, or why not.

    Refusals: `opted_out`, `no_consent`, `erased`, `not_found`, `no_channel`, `not_now`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    reference: str
    channel: str | None = None
    address: str | None = None
    language: str = "ru"
    variables: dict[str, str] = {}
    refused: str | None = None

    def cut_to(self, wanted: Wanted) -> "Recipient":
        """No variable that the template does not declare; nothing at all beside a refusal."""
        if self.refused is not None or self.channel is None:
            return Recipient(reference=wanted.reference, refused=self.refused or NO_CHANNEL)
        named = {name: self.variables.get(name, "") for name in wanted.variables}
        return self.model_copy(update={"reference": wanted.reference, "variables": named})


class Question(BaseModel):
    """What travels to the owner."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    items: list[Wanted] = Field(min_length=1, max_length=MOST)
    asked_by: str
    correlation_id: str


class Answer(BaseModel):
    """What travels back, in the order asked."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    recipients: list[Recipient]


Resolver = Callable[[Wanted, Cause], Recipient]


def answer(event: Any, resolve: Resolver) -> dict[str, Any]:
    """The owner's side: `resolve` finds one person, opening the vault under the given cause."""
    question = Question.model_validate(event)
    cause = Cause(system(question.asked_by), "resolve_recipients", question.correlation_id)
    found = [_resolved(wanted, cause, resolve) for wanted in question.items]
    return Answer(recipients=found).model_dump(mode="json")


def _resolved(wanted: Wanted, cause: Cause, resolve: Resolver) -> Recipient:
    try:
        return resolve(wanted, cause).cut_to(wanted)
    except NotFound:
        return Recipient(reference=wanted.reference, refused=NOT_FOUND)


class Owners:
    """The asker's side; `functions` maps an owning service to its resolve-recipients function."""

    def __init__(self, client: Any, functions: dict[str, str], asked_by: str) -> None:
        self._client = client
        self._functions = functions
        self._asked_by = asked_by

    def resolve(self, owner: str, wanted: Sequence[Wanted], correlation_id: str) -> list[Recipient]:
        """Where to reach these people; raises Unavailable when the owner does not answer."""
        question = Question(
            items=list(wanted),
            asked_by=self._asked_by,
            correlation_id=correlation_id or ids.new("cor"),
        )
        found = Answer.model_validate(self._invoke(owner, question)).recipients
        if [each.reference for each in found] != [each.reference for each in wanted]:
            raise Unavailable("owner_unavailable")
        return found

    def _invoke(self, owner: str, question: Question) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            reply = self._client.invoke(
                FunctionName=self._functions[owner],
                InvocationType="RequestResponse",
                Payload=question.model_dump_json().encode(),
            )
            body = reply["Payload"].read()
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("owner_unavailable") from error
        if reply.get("FunctionError"):
            raise Unavailable("owner_unavailable")
        return json.loads(body)


@cache
def owners() -> Owners:
    """The owners that this service may ask, from `<OWNER>_RECIPIENTS` of the environment."""
    from shared import aws

    functions = {
        name.removesuffix("_RECIPIENTS").lower(): value
        for name, value in os.environ.items()
        if name.endswith("_RECIPIENTS")
    }
    return Owners(aws.client("lambda"), functions, os.environ["SERVICE"])
