"""The curl lines of our pages work as they are shown."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.message_catalogue import ROOT
from tests.intake.api_client import HQ, OPERATOR
from tests.support.world import at, world_at
from tools import openapi

PAGES = sorted(
    page
    for page in (ROOT / "docs").rglob("*.md")
    if re.search(r"\bcurl .*/v1/", page.read_text("utf-8"))
)
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
ASKED = {"IdempotencyKey": "Idempotency-Key", "IfMatch": "If-Match"}
CALL_THE_API = ROOT / "docs" / "how-to" / "call-the-api.md"


@dataclass(frozen=True)
class Call:
    """What a curl line asks for; variables of the shell are names in it: `$TOKEN`."""

    method: str
    path: str
    headers: dict[str, str]
    body: str | None


def calls(page: Path) -> Iterator[Call]:
    """The calls of a page's shell blocks, in order."""
    for block in SHELL.findall(page.read_text("utf-8")):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] == "curl" and any("/v1/" in word for word in words):
                yield _call(words[1:])


def _call(words: list[str]) -> Call:
    headers, values, places = {}, {}, []
    rest = iter(words)
    for word in rest:
        match word:
            case "-H":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            case "-X" | "-d":
                values[word] = next(rest)
            case "-s" | "-S" | "-sS" | "-i" | "-f":
                pass
            case _:
                places.append(word)
    (place,) = places
    default = "POST" if "-d" in values else "GET"
    path = urlsplit(re.sub(r"^\$\w+", "", place)).path
    return Call(values.get("-X", default), path, headers, values.get("-d"))


def _operation(call: Call) -> dict[str, Any]:
    service, _, path = call.path.removeprefix("/").partition("/")
    paths = json.loads((openapi.FOLDER / f"{service}.json").read_text("utf-8"))["paths"]
    for shown, methods in paths.items():
        if re.fullmatch(re.sub(r"{\w+}", r"\\$?\\w+", shown), f"/{path}"):
            return dict(methods[call.method.lower()])
    raise AssertionError(f"no such path: {call.path}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_curl_line_has_what_its_operation_asks_for(page: Path) -> None:
    for call in calls(page):
        operation = _operation(call)
        parameters = {each.get("$ref", "").split("/")[-1] for each in operation["parameters"]}
        asked = {header for name, header in ASKED.items() if name in parameters}
        if call.body is not None:
            asked.add("Content-Type")
        key = "X-API-Key" if call.path.startswith("/till/") else "Authorization"
        assert asked | {key} == {*call.headers}, call
        assert call.body is None or json.loads(call.body)


def test_the_calls_that_a_program_is_shown_are_answered() -> None:
    said: dict[str, str] = {}
    statuses = []
    with world_at(at("2026-09-14 09:40"), ("intake",)) as world:
        for call in calls(CALL_THE_API):
            who = OPERATOR if "$OPERATOR" in call.headers["Authorization"] else HQ
            path = Template(call.path).substitute(said).removeprefix("/intake")
            headers = {
                name: Template(value).safe_substitute(said) for name, value in call.headers.items()
            }
            answer = world.api("intake", who).call(call.method, path, call.body, headers=headers)
            statuses.append((call.method, answer.status))
            said |= {"ETAG": answer.headers.get("ETag", "")}
            if answer.status == 201:
                said |= {"PROVIDER": answer.json["id"]}
    assert statuses == [("POST", 201), ("GET", 200), ("PUT", 200), ("POST", 200)]
