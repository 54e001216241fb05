"""Parameters of a stage that a container reads and keeps for a while.

Powertools reads and caches; what it lacks is here: while the table cannot be read, the container
goes on with what it read last, for another while, and counts that.
"""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.parameters import DynamoDBProvider
from boto3.session import Session
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from shared import aws
from shared.observability import count


class ReferenceProvider(DynamoDBProvider):
    """The reference table: `id` → `value`, made into a model by `read(id, value)`."""

    def __init__(self, table: str, read: Callable[[str, str], Any]) -> None:
        session = Session(botocore_session=aws.session())
        super().__init__(table, boto3_session=session, boto_config=aws.config("dynamodb"))
        aws.in_time(self.table.meta.client, "dynamodb")
        self._model_of = read
        self._last: dict[str, Any] = {}

    def _get(self, name: str, **sdk_options: Any) -> Any:
        try:
            self._last[name] = self._model_of(name, super()._get(name, **sdk_options))
        except (BotoCoreError, ClientError, KeyError, ValidationError):
            if name not in self._last:
                raise
            count("reference_stale")
        return self._last[name]
