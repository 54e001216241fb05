"""With the packaged index a cold function imports little, and finds what it would find in all."""

import json

import pytest

from infra.packaging import parts_index
from infra.services import app_of, service_names
from shared.messaging.subscriptions import Subscriptions
from shared.parts import Parts


def _indexed(service: str) -> Parts:
    """The aggregates of a service as they are where the index is packaged."""
    parts = Parts(service, *app_of(service).PARTS.names)
    parts.index = json.loads(parts_index.text(service))
    return parts


@pytest.mark.parametrize("service", service_names())
def test_whatever_comes_is_worked_as_if_all_aggregates_were_imported(service: str) -> None:
    """An event or a row that the index forgot would be put aside as unknown, on AWS alone."""
    parts, whole = _indexed(service), app_of(service).SUBSCRIPTIONS
    for event, handlers in whole.reactions.items():
        found = Subscriptions.of(service, *parts.serving("reactions", event.detail_type()))
        assert found.reactions[event] == handlers
        assert [found.wanted.get(each) for each in handlers] == [
            whole.wanted.get(each) for each in handlers
        ]
        assert found.again & {*handlers} == whole.again & {*handlers}
    lazily = Subscriptions.of_parts(parts)
    for row_type in (*whole.deadlines, *whole.jobs):
        assert lazily.due(row_type) is whole.due(row_type) is not None
    assert lazily.due("of_no_kind") is None


@pytest.mark.parametrize("service", service_names())
def test_every_route_is_served_as_if_all_aggregates_were_imported(service: str) -> None:
    parts = _indexed(service)
    for plug in parts.all("routes"):
        for _, path, *_ in plug.routes.lines:
            assert plug in parts.serving("routes", f"/v1{path}"), path


@pytest.mark.parametrize("service", service_names())
def test_nothing_is_imported_that_does_not_take_what_has_come(service: str) -> None:
    parts = _indexed(service)
    assert parts.index is not None
    named = {name for keys in parts.index.values() for names in keys.values() for name in names}
    assert named <= {*parts.names}
    for path in parts.index["routes"]:
        for plug in parts.serving("routes", path):
            assert path.endswith(tuple(line[1] for line in plug.routes.lines))
    for key in parts.index["reactions"]:
        for plug in parts.serving("reactions", key):
            events = {event.detail_type() for event in getattr(plug, "REACTIONS", ())}
            rows = {*getattr(plug, "DEADLINES", ()), *getattr(plug, "JOBS", ())}
            assert key in events | rows
