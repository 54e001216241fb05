"""Schemathesis over the committed documents, as callers that may call what they call.

python -m pytest tests/fuzz -s          one line per service: operations, cases, statuses
"""

from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO

import pytest

from infra.services import app_folders
from tests.fuzz.callers import Caller, SeededService
from tests.fuzz.documents import Operation
from tests.fuzz.harness import Run
from tests.fuzz.invalid_calls import call, invalid_calls, valid_call
from tests.fuzz.seeded_services import seeded_service
from tests.support.api import Answer

# By a proof within the call, in a region of one's own, or about no one.
ANYWHERE = {"activate_card", "request_binding", "start_programme", "list_questionnaires"}


@pytest.fixture(params=app_folders())
def service(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SeededService]:
    """Each service in turn."""
    with seeded_service(request.param, monkeypatch) as found:
        yield found


def test_every_operation_succeeds_for_its_caller_and_for_nobody_from_elsewhere(
    service: SeededService,
) -> None:
    run = Run(service)
    faults, seen = {}, {}
    for operation in run.operations():
        assert operation.id in service.callers, f"give {operation.id} a caller in tests/fuzz"
        run.restore()
        answer = valid_call(operation, service.callers[operation.id], service.api)
        lower = {name.lower(): value for name, value in answer.headers.items()}
        found = list(operation.faults(type(answer)(answer.status, lower, answer.text)))
        if answer.status >= 300 or found:
            faults[operation.id] = (answer.status, found, answer.text)
        if service.callers[operation.id].who is not None:
            run.restore()
            stranger = service.callers[operation.id].elsewhere()
            answer = valid_call(operation, stranger, service.api)
            seen[operation.id] = _seen_from_elsewhere(operation, stranger, answer)
    assert not faults
    assert not {name: each for name, each in seen.items() if each and name not in ANYWHERE}


def _seen_from_elsewhere(operation: Operation, caller: Caller, answer: Answer) -> str | None:
    """Return what somebody of another region, organisation or family got or was told of."""
    assert caller.who is not None
    got = answer.status < 300 and answer.json.get("items") != []
    # Partners are public, and whoever lacks the role hears that of all.
    known = "/partners/" in operation.path or caller.who.role == "volunteer"
    told = caller.path and not known and answer.status != 404
    return f"{answer.status}: {answer.text}" if got or told else None


def test_one_invalid_place_is_named_and_nothing_else_happens(service: SeededService) -> None:
    run = Run(service)
    faults = []
    for operation in run.operations():
        caller = service.callers[operation.id]
        for case in invalid_calls(operation, caller):
            run.restore()
            answer = call(operation, caller, service.api, case.body, case.query)
            if (wrong := case.wrong(answer)) is not None:
                faults.append(f"{operation.id}: {wrong}")
    assert not faults, "\n".join(faults)


@pytest.mark.slow
@pytest.mark.requirement("X-10")
def test_whatever_is_sent_the_answer_is_a_documented_one(
    service: SeededService, record_property: Callable[[str, object], None]
) -> None:
    with redirect_stdout(StringIO()):
        tally = Run(service).everything()

    record_property("told", tally.line(service.service))
    assert not tally.faults, "\n\n".join(f"{k}\n  {v}" for k, v in tally.faults.items())
    assert min(tally.cases.values()) >= 100
    known = service.callers.items()
    unguessed = {name for name, each in known if each.signed or each.form or each.by_data}
    never = [name for name in tally.cases if not tally.done[name] and name not in unguessed]
    assert not never, "never succeeded"
    assert tally.past > 0.5
