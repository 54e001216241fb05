"""Parameters of a stage that a container reads and keeps for a while.

Powertools caches; what it lacks is here: it reads by the container's one client (a provider for
tables of its own would make a second, and boto3's resources with it: a tenth of a cold start), and
while what it reads from is down, the container goes on with what it read last, for another while,
and counts that.
"""

from functools import cache
from typing import Any, ClassVar, TypeVar

from aws_lambda_powertools.utilities.parameters.base import BaseProvider
from aws_lambda_powertools.utilities.parameters.exceptions import (
    GetParameterError,
    TransformParameterError,
)
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ValidationError

from shared import aws
from shared.errors import Unavailable
from shared.observability import count

Item = TypeVar("Item", bound=BaseModel)


class ReferenceProvider(BaseProvider):
    """The reference table: `id` → `value`, the JSON of a model."""

    def __init__(self, table: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._table = table
        self._last: dict[str, Any] = {}

    def read(self, name: str, model: type[Item], absent: Item | None, max_age: int) -> Item:
        """Return an item as its model, read at most `max_age` seconds ago; or `absent`.

        Raises Unavailable while it was never read and cannot be.
        """
        try:
            found: Any = self.get(name, max_age=max_age, model=model, absent=absent)
        except GetParameterError:
            raise Unavailable from None
        item: Item = found
        return item

    def _get(self, name: str, **options: Any) -> Any:
        """Return an item as `model`, or `absent` when the table never had it."""
        model, absent = options["model"], options["absent"]
        try:
            answer = aws.client("dynamodb").get_item(TableName=self._table, Key={"id": {"S": name}})
            found = answer.get("Item")
            if found is None and absent is not None and name not in self._last:
                return absent
            self._last[name] = model.model_validate_json(found["value"]["S"])
        except (BotoCoreError, ClientError, KeyError, TypeError, ValidationError):
            if name not in self._last:
                raise
            count("reference_stale")
        return self._last[name]

    def _get_multiple(self, path: str, **options: Any) -> dict[str, str]:
        raise NotImplementedError("the items of the reference table are read one by one")


SECRET_SECONDS = 300


def secret_json(name: str) -> Any:
    """Return what an encrypted parameter of Systems Manager holds, read anew every five minutes.

    Raises Unavailable while it was never read and cannot be; one that is gone is not kept.
    """
    try:
        return _secrets().get(name, decrypt=True, transform="json", max_age=SECRET_SECONDS)
    except (GetParameterError, TransformParameterError):
        raise Unavailable from None


@cache
def _secrets() -> Any:
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    class Secrets(SSMProvider):
        """Parameters that are kept while Systems Manager cannot be read."""

        last: ClassVar[dict[str, str]] = {}

        def _get(self, name: str, decrypt: bool = False, **options: Any) -> str:
            try:
                self.last[name] = super()._get(name, decrypt, **options)
            except self.client.exceptions.ParameterNotFound:
                self.last.pop(name, None)
                raise
            except (BotoCoreError, ClientError):
                if name not in self.last:
                    raise
                count("secrets_stale")
            return self.last[name]

    return Secrets(boto3_client=aws.client("ssm"))
