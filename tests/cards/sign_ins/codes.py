"""What an app tells and writes for who asks for a code."""

import re
from typing import Any

import pytest

from tests.cards.api_client import CardsClient
from tests.support.api import Answer

STRANGE = "+7 921 000-00-00"


class Writes:
    """What an app writes, counted by table and kind."""

    def __init__(self, client: CardsClient, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[str, ...]] = []
        self.reads = 0
        table = client.world.dynamodb
        for name in ("put_item", "update_item", "delete_item", "transact_write_items", "get_item"):
            inner = getattr(table, name)

            def counted(inner: Any = inner, name: str = name, **request: Any) -> Any:
                self._count(name, request)
                return inner(**request)

            monkeypatch.setitem(table.__dict__, name, counted)

    def _count(self, name: str, request: dict[str, Any]) -> None:
        if name == "get_item":
            self.reads += 1
        for item in request.get("TransactItems", []):
            ((verb, action),) = item.items()
            self.seen.append((verb, action["TableName"]))
        if name not in ("get_item", "transact_write_items"):
            self.seen.append((name, request["TableName"]))

    def take(self) -> tuple[list[tuple[str, ...]], int]:
        """What was seen since the last time."""
        seen, reads = sorted(self.seen), self.reads
        self.seen, self.reads = [], 0
        return seen, reads


def shape(answer: Answer) -> tuple[int, str, dict[str, str]]:
    """An answer without the one id that is new in each."""
    return answer.status, re.sub("sgn_[0-9A-Z]{26}", "sgn_", answer.text), answer.headers
