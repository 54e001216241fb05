"""Which requirement is proven by which test, as `make trace` prints it."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from infra.services import ROOT
from tools import trace
from tools.trace import Requirement

KNOWN = {
    each.id: each
    for each in (
        Requirement("C-1", "community+", "Clubs meet."),
        Requirement("I-1", "intake", "A call is a request."),
        Requirement("I-2", "intake", "Heard. " * 15),
        Requirement("X-1", "all", "Nothing is lost."),
    )
}
FOUND = {"I-1": ["tests/a.py::test_one", "tests/b.py::test_two"]}


def item(name: str, *marks: tuple[str, ...]) -> Any:
    """A test as pytest collects it, with what its marks name."""
    made = [SimpleNamespace(args=args) for args in marks]
    return SimpleNamespace(nodeid=name, iter_markers=lambda kind: made * (kind == "requirement"))


def test_the_cases_of_one_test_prove_a_requirement_once() -> None:
    marks = trace._Marks()
    marks.pytest_collection_modifyitems(
        [
            item("t.py::test_a[1]", ("I-1", "I-2")),
            item("t.py::test_a[2]", ("I-1",), ("X-1",)),
            item("t.py::test_b", ("I-1",)),
        ]
    )

    assert dict(marks.proofs) == {
        "I-1": ["t.py::test_a", "t.py::test_b"], "I-2": ["t.py::test_a"], "X-1": ["t.py::test_a"]
    }  # fmt: skip


def test_the_report_counts_by_owner_and_says_what_is_not_proven() -> None:
    *lines, last = trace.report(KNOWN, FOUND | {"C-1": []})

    assert lines == [
        "intake: 1 of 2 proven",
        "  proven: I-1",
        "  not proven: I-2 " + "Heard. " * 11 + "…",
        "",
        "every service: 0 of 1 proven",
        "  not proven: X-1 Nothing is lost.",
        "",
        "community (joins later): 0 of 1 proven",
        "  not proven: C-1",
    ]
    assert last == ""


def test_a_requirement_is_shown_with_the_tests_that_prove_it() -> None:
    assert list(trace.of_ids(["I-1", "C-1"], KNOWN, FOUND)) == [
        "I-1 (intake) A call is a request.",
        "  tests/a.py::test_one",
        "  tests/b.py::test_two",
        "C-1 (community (joins later)) Clubs meet.",
        "  no test proves it",
    ]
    with pytest.raises(SystemExit, match=r"no requirement I-9 in requirements\.csv"):
        list(trace.of_ids(["I-9"], KNOWN, FOUND))


def test_every_mark_on_a_test_names_a_requirement_of_the_catalogue() -> None:
    """A slip of the pen would prove nothing, in silence."""
    known = trace.catalogue()
    named = {
        identifier
        for path in (ROOT / "tests").rglob("test_*.py")
        for marked in re.findall(r"mark\.requirement\(([^)]*)\)", path.read_text("utf-8"))
        for identifier in re.findall(r'"([^"]+)"', marked)
    }

    assert next(iter(known)) == "S0-01" and all(each.text for each in known.values())
    assert named and named <= set(known)


def test_the_command_prints_the_report_or_what_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trace, "proofs", lambda: FOUND)
    monkeypatch.setattr(trace, "catalogue", lambda: KNOWN)
    monkeypatch.setattr("sys.argv", ["trace"])
    trace.main()
    assert capsys.readouterr().out.startswith("intake: 1 of 2 proven\n")
    monkeypatch.setattr("sys.argv", ["trace", "X-1"])
    trace.main()
    assert capsys.readouterr().out == (
        "X-1 (every service) Nothing is lost.\n  no test proves it\n"
    )
