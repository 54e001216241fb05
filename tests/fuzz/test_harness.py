"""The fuzz finds what it looks for: each fault, put there on purpose, is told."""

import json
from dataclasses import replace
from typing import Any

import pytest
import schemathesis

from shared.principal import Principal
from tests.fuzz import harness
from tests.fuzz.cases import accepted_queries, on_bounds
from tests.fuzz.documents import PROBLEM, Document, Operation, disagreements
from tests.fuzz.harness import Run
from tests.fuzz.seeded_services import seeded_service
from tests.support.api import Answer
from tests.support.memory_dynamodb import MemoryDynamoDB

NOBODY = Principal("NO-1", "person", "nobody", ("nobody",), ("ZR",))
REFUSED = {
    "type": "urn:ryadom:problem:not_found", "title": "Нет", "status": 404, "detail": "Нет такого",
    "code": "not_found", "correlation_id": "c",
}  # fmt: skip


def operation(name: str, service: str = "notifications") -> Operation:
    """An operation of a service."""
    document = Document(service)
    found = (Operation(document, *each) for each in document.operations())
    return next(each for each in found if each.id == name)


def answer(status: int, body: Any, kind: str = PROBLEM, **headers: str) -> Answer:
    return Answer(status, {"content-type": kind, **headers}, json.dumps(body))


@pytest.mark.parametrize(
    ("came", "told"),
    [
        (answer(500, REFUSED), "failed with 500"),
        (answer(418, REFUSED), "undocumented 418"),
        (answer(404, REFUSED, "application/json"), "a 404 as application/json"),
        (answer(404, {"title": "Нет", "status": 404}), "not of its schema"),
        (answer(403, REFUSED), "another status"),
        (answer(200, {"region": 1}, "application/json", etag='"1"'), "not of its schema"),
        (answer(200, {"region": "ZR", "version": 1, "values": {}}, "application/json"), "ETag"),
    ],
)
def test_a_wrong_answer_is_a_fault(came: Answer, told: str) -> None:
    assert any(told in fault for fault in operation("get_lines").faults(came))


def test_a_right_answer_is_none() -> None:
    right = answer(200, {"region": "ZR", "version": 1, "values": {}}, "application/json", etag="1")

    assert not list(operation("get_lines").faults(right))
    assert not list(operation("get_lines").faults(answer(404, REFUSED)))


def test_edge_and_document_must_mean_the_same_bodies() -> None:
    kept = operation("reserve_resource", "matching")
    taken = answer(201, {}, "application/json")
    fault = {"in": "body", "pointer": "/quantity", "code": "less_than_equal"}
    refused = answer(422, {"errors": [fault]})
    few, many = {"quantity": 5}, {"quantity": 1_000_001}

    assert list(disagreements(kept, many, taken))
    assert list(disagreements(kept, few, refused))
    assert not list(disagreements(kept, few, taken))
    assert not list(disagreements(kept, many, refused))


def test_a_fraction_that_is_whole_is_a_number_to_the_document_alone() -> None:
    form = operation("answer_form")
    faults = [{"in": "body", "pointer": "/xx", "code": code} for code in ("bool_type", "int_type")]

    assert not list(disagreements(form, {"xx": 5.0}, answer(422, {"errors": faults})))
    assert list(disagreements(form, {"xx": True}, answer(422, {"errors": faults[:1]})))


def test_a_query_beyond_a_bound_must_be_refused() -> None:
    listed = operation("list_cards", "cards")
    schema = schemathesis.openapi.from_dict(listed.document.generating)
    cases = on_bounds(schema[listed.path][listed.method], {})

    def faults(status: int) -> list[str]:
        came = answer(status, {})
        return [fault for case in cases for fault in accepted_queries(listed, case, came)]

    assert 0 < len(faults(200)) < len(cases)
    assert faults(422) == []


def test_a_run_that_stays_outside_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("VALID", 9), ("INVALID", 1), ("LEAST", 20)):
        monkeypatch.setattr(harness, name, few)
    with seeded_service("notifications", monkeypatch) as service:
        callers = {name: replace(caller, who=NOBODY) for name, caller in service.callers.items()}

        tally = Run(replace(service, callers=callers)).everything()

    assert tally.past < 0.5
    assert not tally.faults


def test_a_world_put_back_is_the_seeded_one_whatever_was_written_in_it() -> None:
    world = MemoryDynamoDB()
    key, other = {"pk": {"S": "A"}, "sk": {"S": "1"}}, {"pk": {"S": "B"}, "sk": {"S": "1"}}
    world.put_item(TableName="data", Item=key | {"version": {"N": "1"}})
    seeded = world.snapshot()

    for _ in range(2):
        world.restore(seeded)
        assert [*world.rows("data").values()] == [key | {"version": {"N": "1"}}]
        world.put_item(TableName="data", Item=other)
        world.put_item(TableName="data", Item=key | {"version": {"N": "2"}})
        world.put_item(TableName="more", Item=other)

    world.restore(seeded)
    world.delete_item(TableName="data", Key=key)
    world.restore(seeded)
    assert (len(world.rows("data")), len(world.rows("more"))) == (1, 0)
