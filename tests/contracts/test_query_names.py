"""What is asked of lists, sent and shown has one name in every service."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from infra.services import ROOT

# What values look like: of these kinds of schema two parameters are the same thing.
KINDS = ("pattern", "$ref", "x-code-list")
# Several names for one kind of value, each with its reason.
KNOWN = {
    frozenset({"month", "first", "last"}): "one month, and both ends of several",
    frozenset({"status", "stage"}): "the status of a match, and the stage that its work is at",
}


def parameters(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each query parameter: what its values look like, and its name."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for said in operation.get("parameters", ()):
                _, _, shared = said.get("$ref", "").rpartition("/")
                each = document["components"]["parameters"][shared] if shared else said
                if each["in"] == "query":
                    schema = each["schema"]
                    one = next(s for s in schema.get("anyOf", [schema]) if s.get("type") != "null")
                    values = {kind: one[kind] for kind in KINDS if kind in one}
                    if values:
                        yield json.dumps(values), each["name"]


def names() -> dict[str, frozenset[str]]:
    found = defaultdict[str, set[str]](set)
    for path in (ROOT / "docs" / "api").glob("*.json"):
        for values, name in parameters(json.loads(path.read_text("utf-8"))):
            found[values].add(name)
    return {values: frozenset(each) for values, each in found.items()}


def test_the_same_values_are_asked_for_by_one_name() -> None:
    several = {values: each for values, each in names().items() if len(each) > 1}
    assert set(several.values()) == set(KNOWN), several


@pytest.mark.parametrize("name", ["region", "district_id", "month"])
def test_places_and_months_are_looked_at(name: str) -> None:
    assert any(name in each for each in names().values())


def shown_fields(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each text, or list of texts, of a body or a view: of which schema it is, and its name."""
    for schema, facts in document["components"]["schemas"].items():
        for name, said in facts.get("properties", {}).items():
            kinds = {one.get("items", one).get("type") for one in said.get("anyOf", [said])}
            if kinds <= {"string", "null"}:
                yield schema, name


@pytest.mark.parametrize(
    "service", sorted(path.stem for path in (ROOT / "docs/api").glob("*.json"))
)
def test_bodies_and_views_call_it_as_lists_do(service: str) -> None:
    asked = {name for each in names().values() for name in each if name.endswith("_id")}
    otherwise = {name.removesuffix("_id") for name in asked}
    otherwise |= {f"{name}s" for name in otherwise}
    document = json.loads((ROOT / "docs" / "api" / f"{service}.json").read_text("utf-8"))
    wrong = [each for each in shown_fields(document) if each[1] in otherwise]
    assert "district" in otherwise and not wrong
