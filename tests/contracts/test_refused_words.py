"""Every field of every command and query that takes a code refuses another word in Russian.

The fields are found in the schemas by which OpenAPI is made, so a new command is tried without a
line here.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from shared.api import inputs
from shared.api.app import ServiceApp
from shared.api.problems import FieldError, WrongInput
from shared.domain import CODE_LIST_KEYWORD, UNKNOWN_CODE
from shared.reference import code_lists
from tools import openapi

WRONG = "no_such_word"
Path = tuple[str | int, ...]
APPS = {app.app_name: app for app in openapi.apps()}


def code_fields(schema: Any, defs: Any, seen: tuple[str, ...] = ()) -> Iterator[tuple[Path, Any]]:
    """Each place of a document whose value is one of some words, with what its schema says."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in seen:
            return
        schema, seen = (
            {**defs[name], **{k: v for k, v in schema.items() if k != "$ref"}},
            (*seen, name),
        )
    words = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if CODE_LIST_KEYWORD in schema or any(isinstance(each, str) for each in words):
        yield (), schema
        return
    for key in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(key, ()):
            yield from code_fields(each, defs, seen)
    for name, each in schema.get("properties", {}).items():
        for path, found in code_fields(each, defs, seen):
            yield (name, *path), found
    if "items" in schema:
        for path, found in code_fields(schema["items"], defs, seen):
            yield (0, *path), found
    if isinstance(schema.get("additionalProperties"), dict):
        for path, found in code_fields(schema["additionalProperties"], defs, seen):
            yield ("key", *path), found


def document(path: Path) -> Any:
    """The least document that has the wrong word at a place."""
    if not path:
        return WRONG
    step, *rest = path
    inner = document(tuple(rest))
    return [inner] if isinstance(step, int) else {step: inner}


def refused(model: type[BaseModel], place: str, path: Path) -> list[FieldError]:
    """What the edge says of the wrong word at a place; no faults when it is taken."""
    asked = document(path)
    try:
        if place == "query":
            inputs.read_query({"queryStringParameters": asked}, model)
        else:
            inputs.read_body(inputs.Request({"body": json.dumps(asked)}), model)
    except WrongInput as refusal:
        pointer = "/" + "/".join(map(str, path))
        return [each for each in refusal.faults if each.pointer == pointer]
    return []


def faults(app: ServiceApp) -> Iterator[str]:
    """Each field that takes the wrong word, or refuses it without the names of the right ones."""
    for route in app.declared:
        for place in ("query", "body"):
            model = route.inputs.get(place)
            if model is None:
                continue
            schema = model.model_json_schema()
            for path, found in code_fields(schema, schema.get("$defs", {})):
                said = refused(model, place, path)
                name = found.get(CODE_LIST_KEYWORD)
                labels = list(code_lists.choices(name).values()) if name else None
                if not (
                    labels
                    and [each.code for each in said] == [UNKNOWN_CODE]
                    and all(label in str(said[0].facts["known"]) for label in labels)
                ):
                    yield f"{route.id} {place} {'/'.join(map(str, path))}: {name} {said}"


@pytest.mark.parametrize("service", APPS)
def test_a_word_that_is_no_code_is_refused_with_the_right_ones(service: str) -> None:
    assert list(faults(APPS[service])) == []


def test_the_fields_are_found_and_a_bad_refusal_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = [
        (*path, found.get(CODE_LIST_KEYWORD))
        for app in APPS.values()
        for route in app.declared
        for model in route.inputs.values()
        for schema in [model.model_json_schema()]
        for path, found in code_fields(schema, schema.get("$defs", {}))
    ]
    assert len(fields) > 150
    assert {("needs", 0, "category", "aid_category"), ("contact", "language", "language")} <= {
        *fields
    }

    monkeypatch.setattr(code_lists, "choices_in_words", lambda name: "sms")
    assert list(faults(APPS["cards"]))
