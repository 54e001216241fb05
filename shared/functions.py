"""Asking another function and waiting for its answer, in the words of two pydantic models."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.errors import Unavailable

Answer = TypeVar("Answer", bound=BaseModel)


def ask(
    client: Any, function: str, question: BaseModel, answer: type[Answer], unavailable: Unavailable
) -> Answer:
    """The function's answer; raises `unavailable` when it fails, is late or answers nonsense."""
    try:
        return answer.model_validate_json(_invoke(client, function, question))
    except (ValidationError, _Failed):
        raise unavailable from None


class _Failed(Exception):
    """The function gave no answer."""


def _invoke(client: Any, function: str, question: BaseModel) -> bytes:
    from botocore.exceptions import BotoCoreError, ClientError

    payload = question.model_dump_json().encode()
    try:
        response = client.invoke(
            FunctionName=function, InvocationType="RequestResponse", Payload=payload
        )
        body: bytes = response["Payload"].read()
    except (BotoCoreError, ClientError):
        raise _Failed from None
    if response.get("FunctionError"):
        raise _Failed
    return body
