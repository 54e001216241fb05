"""Schemathesis over the committed documents, as callers that may call what they call.

python -m pytest tests/fuzz -s          one line per service: operations, cases, statuses
"""

from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from infra.services import app_folders
from tests.fuzz.callers import Stage
from tests.fuzz.harness import Run
from tests.fuzz.invalid_calls import call, good, spoiled
from tests.fuzz.seeded_services import stage


@pytest.fixture(params=app_folders())
def staged(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    """Each service in turn."""
    with stage(request.param, tmp_path, monkeypatch) as found:
        yield found


def test_every_operation_succeeds_from_its_seat(staged: Stage) -> None:
    run = Run(staged)
    faults = {}
    for operation in run.operations():
        assert operation.id in staged.seats, f"give {operation.id} a seat in tests/fuzz"
        run.restore()
        answer = good(operation, staged.seats[operation.id], staged.api)
        lower = {name.lower(): value for name, value in answer.headers.items()}
        found = list(operation.faults(type(answer)(answer.status, lower, answer.text)))
        if answer.status >= 300 or found:
            faults[operation.id] = (answer.status, found, answer.text)
    assert not faults


def test_one_spoiled_place_is_named_and_nothing_else_happens(staged: Stage) -> None:
    run = Run(staged)
    faults = []
    for operation in run.operations():
        seat = staged.seats[operation.id]
        for case in spoiled(operation, seat):
            run.restore()
            answer = call(operation, seat, staged.api, case.body, case.query)
            if (wrong := case.wrong(answer)) is not None:
                faults.append(f"{operation.id}: {wrong}")
    assert not faults, "\n".join(faults)


@pytest.mark.slow
@pytest.mark.requirement("X-10")
def test_whatever_is_sent_the_answer_is_a_documented_one(
    staged: Stage, record_property: Callable[[str, object], None]
) -> None:
    with redirect_stdout(StringIO()):
        tally = Run(staged).everything()

    record_property("told", tally.line(staged.service))
    assert not tally.faults, "\n\n".join(f"{k}\n  {v}" for k, v in tally.faults.items())
    assert min(tally.cases.values()) >= 100
    assert not [name for name in tally.cases if not tally.done[name]], "never succeeded"
    assert tally.past > 0.5
