"""Calls that are invalid in one place each, and the refusal that must name that place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.fuzz.callers import Caller
from tests.fuzz.documents import Json, Operation
from tests.support.api import Answer, Api

# More than any way in takes, the webhooks of messengers, too.
LARGE = "x" * 1024 * 1024
CONTROL = "a\x00b"


@dataclass(frozen=True)
class InvalidCall:
    """A request that is invalid in one place, and the refusal that it must get."""

    what: str
    body: str | None
    status: int
    pointer: str | None = None
    query: str = ""

    def wrong(self, answer: Answer) -> str | None:
        """Return how an answer differs from that refusal."""
        if answer.status != self.status:
            return f"{self.what}: {answer.status} instead of {self.status}: {answer.text[:300]}"
        if self.pointer is None:
            return None
        pointers = [each["pointer"] for each in answer.json.get("errors", ())]
        if self.pointer not in pointers:
            return f"{self.what}: {pointers} instead of {self.pointer}"
        return None


def valid_call(operation: Operation, caller: Caller, api: Api) -> Answer:
    """Send the valid call of a caller."""
    body = caller.body
    text = body if body is None or isinstance(body, str) else json.dumps(body)
    return call(operation, caller, api, text)


def call(
    operation: Operation, caller: Caller, api: Api, body: str | None, query: str = ""
) -> Answer:
    """Send a call with that body and an addition to its query."""
    path = operation.path.format(**caller.path)
    asked = "&".join([*(f"{name}={value}" for name, value in caller.query.items()), query])
    key = {"Idempotency-Key": "hostile"} if "Idempotency-Key" in operation.takes else {}
    headers = {"Content-Type": "application/json", **key, **caller.headers}
    return api.as_(caller.who).call(
        operation.method, f"{path}?{asked}".rstrip("?&"), body, headers=headers
    )


def invalid_calls(operation: Operation, caller: Caller) -> Iterator[InvalidCall]:
    """Yield the valid call of a caller, made invalid in one place each."""
    if operation.method == "GET":
        # What messengers and mail add to the address of a page is left out.
        if not operation.is_page:
            yield InvalidCall("an unknown parameter", None, 422, "/surprise", "surprise=1")
            yield InvalidCall("a control character", None, 422, "/surprise", "surprise=a%00b")
        for name, value in caller.query.items():
            yield InvalidCall("a repeated parameter", None, 422, f"/{name}", f"{name}={value}")
        return
    yield InvalidCall("too large", json.dumps({"large": LARGE}), 401 if caller.signed else 413)
    if caller.form:
        return
    if caller.signed:
        yield InvalidCall("a body that is not signed", '{"surprise": 1}', 401)
        return
    if operation.accepts is None:
        yield InvalidCall("a body where none is taken", '{"surprise": 1}', 422)
        return
    whole = json.dumps(caller.body)
    for broken in ("{", whole[:-1], whole + "}", "{'a': 1}", "\x00" + whole):
        yield InvalidCall("broken JSON", broken, 400)
    yield from _invalid_fields(caller.body, tuple(f"/{name}" for name in caller.device))


def _invalid_fields(body: Any, device: tuple[str, ...]) -> Iterator[InvalidCall]:
    for pointer, value in _places(body, ""):
        if isinstance(value, dict):
            more = _with(body, pointer, value | {"surprise": 1})
            yield InvalidCall("an unknown field", json.dumps(more), 422, f"{pointer}/surprise")
        elif not isinstance(value, list):
            nan = json.dumps(_with(body, pointer, float("nan")))
            yield InvalidCall("NaN", nan, 422, pointer)
            endless = json.dumps(_with(body, pointer, float("inf")))
            yield InvalidCall("Infinity", endless, 422, pointer)
            if pointer in device:
                continue
            sign = json.dumps(_with(body, pointer, CONTROL))
            yield InvalidCall("a control character", sign, 422, pointer)


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
