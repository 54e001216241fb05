"""The check on codes that every answer of a test goes through notices what it is there for."""

import json
from typing import Any

import pytest

from shared.message_catalogue import ROOT
from shared.reference.code_lists import shipped
from tests.support.shown_codes import FREE, Spot, answers_of

SIDE = {"type": "string", "x-code-list": "match_side"}
WORD = {"type": "string"}
NONE = {"type": "null"}


def shown(schema: dict[str, Any], **more: Any) -> Spot:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    operation = {"get": {"responses": {"200": {"content": content}}}}
    schemas = {"Thing": {"properties": {"said": schema}}, **more}
    document = {"paths": {"/things": operation}, "components": {"schemas": schemas}}
    return answers_of(document | {"components": {"schemas": schemas, "responses": {}}})[
        ("GET", "/things", 200)
    ]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (WORD, "family"),
        (WORD, "hand_made"),
        ({"anyOf": [WORD, NONE]}, "family"),
        ({"type": "array", "items": WORD}, ["Семья", "family"]),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, {"family": 1}),
        ({"type": "object", "propertyNames": SIDE, "additionalProperties": WORD}, {"family": "no"}),
        (SIDE, "too_far"),
        (SIDE, "neighbour"),
        ({"anyOf": [{"anyOf": [SIDE]}, WORD]}, "too_far"),
        ({"$ref": "#/components/schemas/Inner"}, {"side": "family"}),
    ],
)
def test_a_code_in_a_field_that_does_not_name_its_list_is_noticed(schema: Any, said: Any) -> None:
    inner = {"properties": {"side": WORD, "again": {"$ref": "#/components/schemas/Inner"}}}

    assert len([*shown(schema, Inner=inner).faults({"said": said})]) == 1


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (SIDE, "family"),
        ({**SIDE, "x-code-list": "gift_kind"}, "song_of_a_stage"),
        (WORD, "Семья"),
        (WORD, "fam_1"),
        ({"type": "object", "propertyNames": SIDE, "additionalProperties": NONE}, {"family": None}),
        ({"anyOf": [{"anyOf": [SIDE, {**SIDE, "x-code-list": "acting_role"}]}, NONE]}, "system"),
        ({"anyOf": [SIDE, WORD]}, "gua_0000001"),
    ],
)
def test_what_is_no_code_or_names_its_list_is_taken(schema: Any, said: Any) -> None:
    assert [*shown(schema).faults({"said": said})] == []


@pytest.mark.parametrize("place", FREE)
def test_every_exception_is_still_a_field_without_a_list(place: str) -> None:
    schema, _, name = place.partition(".")
    found = []
    for path in sorted((ROOT / "docs" / "api").glob("*.json")):
        known = json.loads(path.read_text("utf-8"))["components"]["schemas"]
        if schema in known and (not name or name in known[schema]["properties"]):
            found.append(known[schema]["properties"][name] if name else known[schema])
    assert found
    assert "x-code-list" not in json.dumps(found)


@pytest.mark.parametrize("service", ["cards", "intake", "matching", "notifications", "till"])
def test_the_steps_that_a_service_offers_name_a_list_of_its_own(service: str) -> None:
    text = (ROOT / "docs" / "api" / f"{service}.json").read_text("utf-8")
    steps = json.loads(text)["components"]["schemas"]["NextStep"]["properties"]["action"]

    assert steps["x-code-list"] == f"{service}_step"
    assert steps["x-code-list"] in shipped()
