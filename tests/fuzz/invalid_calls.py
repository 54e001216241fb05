"""Good calls spoiled in one place each, and what exactly must be said about that place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.fuzz.callers import Caller, Seat
from tests.fuzz.harness import Json, Operation
from tests.support.api import Answer

LARGE = "x" * (70 * 1024)
CONTROL = "a\x00b"


@dataclass(frozen=True)
class Spoiled:
    """A request that is good but for one place, and the refusal that it deserves."""

    what: str
    body: str | None
    status: int
    pointer: str | None = None
    query: str = ""

    def wrong(self, answer: Answer) -> str | None:
        """How an answer differs from that refusal."""
        if answer.status != self.status:
            return f"{self.what}: {answer.status} instead of {self.status}: {answer.text[:300]}"
        pointers = [each["pointer"] for each in answer.json.get("errors", ())]
        if self.pointer is not None and self.pointer not in pointers:
            return f"{self.what}: {pointers} instead of {self.pointer}"
        return None


def good(operation: Operation, seat: Seat, api: Caller) -> Answer:
    """The good call of a seat."""
    return call(operation, seat, api, None if seat.body is None else json.dumps(seat.body))


def call(
    operation: Operation, seat: Seat, api: Caller, body: str | None, query: str = ""
) -> Answer:
    """A call from a seat with that body and something more in its query."""
    path = operation.path.format(**seat.path)
    asked = "&".join([*(f"{name}={value}" for name, value in seat.query.items()), query])
    key = {"Idempotency-Key": "hostile"} if "Idempotency-Key" in operation.takes else {}
    headers = {"Content-Type": "application/json", **key, **seat.headers}
    return api.as_(seat.who).call(
        operation.method, f"{path}?{asked}".rstrip("?&"), body, headers=headers
    )


def spoiled(operation: Operation, seat: Seat) -> Iterator[Spoiled]:
    """Every way to spoil the good call of a seat."""
    if operation.method == "GET":
        yield Spoiled("an unknown parameter", None, 422, "/surprise", "surprise=1")
        yield Spoiled("a control character", None, 422, "/surprise", "surprise=a%00b")
        for name, value in seat.query.items():
            yield Spoiled("a repeated parameter", None, 422, f"/{name}", f"{name}={value}")
        return
    yield Spoiled("too large", json.dumps({"large": LARGE}), 413)
    if operation.accepts is None:
        yield Spoiled("a body where none is taken", '{"surprise": 1}', 422)
        return
    whole = json.dumps(seat.body)
    for broken in ("{", whole[:-1], whole + "}", "{'a': 1}", "\x00" + whole):
        yield Spoiled("broken JSON", broken, 400)
    yield from _spoiled_fields(seat.body, tuple(f"/{name}" for name in seat.device))


def _spoiled_fields(body: Any, device: tuple[str, ...]) -> Iterator[Spoiled]:
    for pointer, value in _places(body, ""):
        if isinstance(value, dict):
            more = _with(body, pointer, value | {"surprise": 1})
            yield Spoiled("an unknown field", json.dumps(more), 422, f"{pointer}/surprise")
        elif not isinstance(value, list):
            nan = json.dumps(_with(body, pointer, float("nan")))
            yield Spoiled("NaN", nan, 422, pointer)
            endless = json.dumps(_with(body, pointer, float("inf")))
            yield Spoiled("Infinity", endless, 422, pointer)
            if pointer in device:
                continue
            sign = json.dumps(_with(body, pointer, CONTROL))
            yield Spoiled("a control character", sign, 422, pointer)


def _places(value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    yield pointer, value
    inner: list[tuple[object, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    for name, each in inner:
        yield from _places(each, f"{pointer}/{name}")


def _with(body: Any, pointer: str, value: Any) -> Any:
    """The body with another value in one place."""
    if not pointer:
        return value
    changed: Json = json.loads(json.dumps(body))
    *way, last = pointer.split("/")[1:]
    place: Any = changed
    for step in way:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(last) if isinstance(place, list) else last] = value
    return changed
