"""The states that a README draws are the states that the code has; `make docs` draws them."""

from enum import StrEnum
from typing import ClassVar

import pytest

from shared.domain import StatefulAggregate
from tools import state_diagrams
from tools.state_diagrams import BadPage, diagram, drawn


class Status(StrEnum):
    OPEN = "open"
    SHUT = "shut"
    GONE = "gone"


class Door(StatefulAggregate):
    STEPS: ClassVar = {
        Status.OPEN: {"shut": Status.SHUT, "knock": None, "paint": None, "lose": Status.GONE},
        Status.SHUT: {"force": (Status.OPEN, Status.GONE)},
        Status.GONE: {},
    }

    status: Status = Status.OPEN


class Window(Door):
    status: Status


DRAWN = """\
```mermaid
stateDiagram-v2
    [*] --> open
    open --> shut: shut
    open --> open: knock, paint
    open --> gone: lose
    shut --> open: force
    shut --> gone: force
    gone --> [*]
```"""
PAGE = f"""\
# Doors
<!-- states: Door -->
{DRAWN}
<!-- /states -->
Text.
"""


def test_a_diagram_shows_start_steps_and_ends() -> None:
    assert diagram(Door) == DRAWN
    assert diagram(Window) == DRAWN


def test_a_mark_is_enough_to_get_a_diagram() -> None:
    bare = "# Doors\n<!-- states: Door -->\nText.\n"

    assert drawn(bare, [Door]) == PAGE
    assert drawn(PAGE, [Door]) == PAGE


def test_what_a_page_drew_before_is_replaced_and_nothing_else() -> None:
    two = PAGE.replace("knock, paint", "knock") + PAGE.replace("Door", "Window").replace(
        "open", "x"
    )

    assert drawn(two, [Window, Door]) == PAGE + PAGE.replace("Door", "Window")


@pytest.mark.parametrize("page", ["# Doors\n", PAGE + PAGE, PAGE.replace("Door", "Gate")])
def test_a_page_must_mark_each_aggregate_once(page: str) -> None:
    with pytest.raises(BadPage, match="Door"):
        drawn(page, [Door])


def test_only_aggregates_of_services_are_drawn() -> None:
    assert {kind.__module__.split(".")[0] for kind in state_diagrams.aggregates()} <= {"services"}
