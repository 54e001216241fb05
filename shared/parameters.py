"""Parameters of a stage that a container reads and keeps for a while.

Powertools caches; what it lacks is here: it reads by the container's one client (a provider for
tables of its own would make a second, and boto3's resources with it: a tenth of a cold start), and
while there is nothing good to be read (what it reads from is down, an operator has mistyped), the
container goes on with what it read last, for another while, and counts that.
"""

from functools import cache
from typing import Any, ClassVar, TypeVar

from aws_lambda_powertools.utilities.parameters.base import BaseProvider
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared import aws
from shared.errors import Unavailable
from shared.observability import count, note

Item = TypeVar("Item", bound=BaseModel)
Kind = TypeVar("Kind")


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
            if found is None and absent is not None and self._last.get(name, absent) == absent:
                self._last[name] = absent
                return absent
            # What a newer release has added stays when that one is taken back.
            self._last[name] = model.model_validate_json(found["value"]["S"], extra="ignore")
        except (BotoCoreError, ClientError, KeyError, TypeError, ValidationError) as error:
            count("reference_stale")
            note(error=error)
            if name not in self._last:
                raise
        return self._last[name]

    def _get_multiple(self, path: str, **options: Any) -> dict[str, str]:
        raise NotImplementedError("the items of the reference table are read one by one")


SECRET_SECONDS = 300


def secret(name: str, kind: TypeAdapter[Kind]) -> Kind:
    """Return what an encrypted parameter of Systems Manager says, read anew every five minutes.

    One that cannot be read goes on as it was read last: it was mistyped, or the manager is down.
    Raises Unavailable while it was never read and cannot be; one that is gone is not kept.
    """
    try:
        found: Kind = _secrets().get(name, decrypt=True, max_age=SECRET_SECONDS, kind=kind)
    except GetParameterError:
        raise Unavailable from None
    return found


@cache
def _secrets() -> Any:
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    class Secrets(SSMProvider):
        """Parameters that are kept while there is nothing better to be read."""

        last: ClassVar[dict[str, Any]] = {}

        def _get(self, name: str, decrypt: bool = False, **options: Any) -> Any:
            kind: TypeAdapter[Any] = options.pop("kind")
            try:
                self.last[name] = kind.validate_json(super()._get(name, decrypt, **options))
            except (BotoCoreError, ClientError, ValidationError) as error:
                count("secret_unreadable")
                note(error=error)
                if isinstance(error, self.client.exceptions.ParameterNotFound):
                    self.last.pop(name, None)
                if name not in self.last:
                    raise
            return self.last[name]

    return Secrets(boto3_client=aws.client("ssm"))
