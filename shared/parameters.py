"""Parameters of a stage that a container reads and keeps for a while.

Powertools reads and caches; what it lacks is here: while the table cannot be read, the container
goes on with what it read last, for another while, and counts that.
"""

from typing import Any

from aws_lambda_powertools.utilities.parameters import DynamoDBProvider
from boto3.session import Session
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from shared import aws
from shared.observability import count


class ReferenceProvider(DynamoDBProvider):
    """The reference table: `id` → `value`, the JSON of a model."""

    def __init__(self, table: str) -> None:
        session = Session(botocore_session=aws.session())
        super().__init__(table, boto3_session=session, boto_config=aws.config("dynamodb"))
        aws.in_time(self.table.meta.client, "dynamodb")
        self._last: dict[str, Any] = {}

    def _get(self, name: str, **options: Any) -> Any:
        """Return an item as `model`, or `absent` when the table never had it."""
        model, absent = options["model"], options["absent"]
        try:
            found = self.table.get_item(Key={self.key_attr: name}).get("Item")
            if found is None and absent is not None and name not in self._last:
                return absent
            self._last[name] = model.model_validate_json(found[self.value_attr])
        except (BotoCoreError, ClientError, KeyError, TypeError, ValidationError):
            if name not in self._last:
                raise
            count("reference_stale")
        return self._last[name]
