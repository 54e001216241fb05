"""What aggregates plug in, all of it or only as an event or a row asks for it."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from shared.events.base import UnknownEvent, to_cloud_event
from shared.messaging.subscriptions import Subscriptions
from shared.parts import Parts
from tests.simulation.sample_service import CaseOpened, StepTaken


def first(received: Any) -> None: ...


def second(received: Any) -> None: ...


def counted(received: Any) -> None: ...


def remind(key: Any) -> None: ...


def work_off(key: Any) -> None: ...


LOANS: Any = SimpleNamespace(
    REACTIONS={CaseOpened: (first, second)}, LOOKS_AGAIN=(second,), DEADLINES={"LOAN": remind}
)
FIGURES: Any = SimpleNamespace(
    REACTIONS={CaseOpened: counted, StepTaken: counted}, JOBS={"EXPORT": work_off}
)
OPENED = CaseOpened(region="ZR", case_id="case_1")


class Indexed(Parts):
    """Aggregates of which each is loaded by what it serves."""

    index = {
        "routes": {},
        "reactions": {CaseOpened.detail_type(): ["loans", "figures"], "LOAN": ["loans"]},
    }

    def __init__(self) -> None:
        super().__init__("library", "loans", "figures")
        self.loaded: list[str] = []

    def _imported(self, plug: Any, names: Any) -> Any:
        self.loaded += (known := list(names))
        return [{"loans": LOANS, "figures": FIGURES}[name] for name in known]


@pytest.mark.parametrize("lazily", [False, True])
def test_a_reaction_that_looks_again_is_found_by_its_name(lazily: bool) -> None:
    known = Subscriptions.of_parts(Indexed()) if lazily else Subscriptions.of("lib", LOANS, FIGURES)
    assert known.reactions_to(OPENED) == [first, second, counted]
    for each in (first, second, counted):
        assert known.reaction(CaseOpened, each.__name__) is each
        assert known.looks_again(OPENED, each) is (each is second)
    assert (known.due("LOAN"), known.due("UNHEARD_OF")) == (remind, None)


def test_an_aggregate_is_loaded_when_its_event_or_row_comes_and_no_sooner() -> None:
    parts = Indexed()
    known = Subscriptions.of_parts(parts)
    assert parts.loaded == []
    assert known.due("LOAN") is remind
    assert parts.loaded == ["loans"]

    detail = to_cloud_event(
        OPENED,
        event_id="evt_1",
        time=datetime(2026, 9, 14, tzinfo=UTC),
        sequence=16,
        correlation_id="cor_1",
        causation_id=None,
    )
    assert known.event(json.loads(detail)).event == OPENED
    for strange in ({}, {"type": ["x"]}, "text", None):
        with pytest.raises(UnknownEvent):
            known.event(strange)


def test_two_reactions_to_an_event_have_names_of_their_own() -> None:
    twin: Any = SimpleNamespace(REACTIONS={CaseOpened: first})
    with pytest.raises(ValueError, match="two reactions to CaseOpened have one name"):
        Subscriptions.of("library", LOANS, twin)


def test_two_reactions_of_one_name_are_refused() -> None:
    """The inbox knows a reaction by its name: the second would be taken for the first."""

    def note_case() -> None: ...

    parts = [SimpleNamespace(REACTIONS={CaseOpened: note_case}) for _ in range(2)]
    with pytest.raises(ValueError, match="note_case"):
        Subscriptions.of("mirror", *parts)
