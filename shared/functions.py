"""Asking another function and waiting for its answer, in the words of two pydantic models."""

from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ValidationError

from shared.errors import Unavailable

Answer = TypeVar("Answer", bound=BaseModel)


def ask(
    client: Any, function: str, question: BaseModel, answer: type[Answer], unavailable: Unavailable
) -> Answer:
    """Return the function's answer; raises `unavailable` when it fails, is late or is nonsense.

    Of AWS's refusals the log has the code: a right that is missing does not pass by itself.
    """
    payload = question.model_dump_json().encode()
    try:
        response = client.invoke(
            FunctionName=function, InvocationType="RequestResponse", Payload=payload
        )
        body = response["Payload"].read()
        if not response.get("FunctionError"):
            return answer.model_validate_json(body)
    except (BotoCoreError, ClientError) as error:
        raise unavailable from error
    except ValidationError:
        pass  # it carries what was answered, which may name a person
    raise unavailable
