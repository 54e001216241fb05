"""Which requirements the tests prove: the marks on the tests against docs/requirements.csv.

`python -m tools.trace` prints it per service; `python -m tools.trace S4-12 …` names the tests.
Tests are collected, not run: whether they pass is what `make test` says.
"""

import contextlib
import csv
import io
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from infra.services import ROOT

CATALOGUE = ROOT / "docs" / "requirements.csv"
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row of the catalogue; an owner with a plus is a context that joins later."""

    id: str
    owner: str
    text: str


Proofs = Mapping[str, Sequence[str]]


def catalogue() -> dict[str, Requirement]:
    """All requirements by id, in the catalogue's order."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["id"]: Requirement(row["id"], row["owner"], row["requirement"]) for row in rows}


class _Marks:
    """A pytest plugin that notes which test is marked with which requirement."""

    def __init__(self) -> None:
        self.proofs: dict[str, list[str]] = defaultdict(list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note the marks; parametrised cases of one test count once."""
        for item in items:
            test = item.nodeid.partition("[")[0]
            for mark in item.iter_markers("requirement"):
                for identifier in mark.args:
                    if test not in self.proofs[identifier]:
                        self.proofs[identifier].append(test)


def proofs() -> Proofs:
    """Return the tests that prove each requirement; fails when a test cannot be collected."""
    marks, said = _Marks(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = pytest.main(["--collect-only", "-q", str(ROOT / "tests")], plugins=[marks])
    if status != pytest.ExitCode.OK:
        raise SystemExit(f"{said.getvalue()}\nSome tests cannot be collected; see above.")
    return marks.proofs


def report(known: Mapping[str, Requirement], found: Proofs) -> Iterator[str]:
    """Lines per owner: what is proven, and what is not."""
    owners = list(dict.fromkeys(requirement.owner for requirement in known.values()))
    for owner in sorted(owners, key=lambda name: name.endswith("+")):
        rows = [requirement for requirement in known.values() if requirement.owner == owner]
        yield from _of_owner(owner, rows, found)


def _of_owner(owner: str, rows: Sequence[Requirement], found: Proofs) -> Iterator[str]:
    done = [row.id for row in rows if found.get(row.id)]
    left = [row for row in rows if not found.get(row.id)]
    yield f"{_title(owner)}: {len(done)} of {len(rows)} proven"
    yield from _wrapped("  proven: ", ", ".join(done))
    if owner.endswith("+"):
        yield from _wrapped("  not proven: ", ", ".join(row.id for row in left))
    else:
        for row in left:
            yield f"  not proven: {row.id} {textwrap.shorten(row.text, 80, placeholder=' …')}"
    yield ""


def _title(owner: str) -> str:
    if owner == "all":
        return "every service"
    return f"{owner.rstrip('+')} (joins later)" if owner.endswith("+") else owner


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False
    )


def of_ids(ids: Iterable[str], known: Mapping[str, Requirement], found: Proofs) -> Iterator[str]:
    """Return what the given requirements say, and the tests that prove them."""
    for identifier in ids:
        requirement = known[identifier]
        yield from _wrapped(f"{identifier} ({_title(requirement.owner)}) ", requirement.text)
        yield from (f"  {test}" for test in found.get(identifier, ["no test proves it"]))


def main() -> None:
    """Print the report, or the proofs of the ids that were asked for."""
    known, wanted = catalogue(), sys.argv[1:]
    if unknown := [each for each in wanted if each not in known]:
        raise SystemExit(f"There is no requirement {', '.join(unknown)} in {CATALOGUE.name}.")
    found = proofs()
    lines = of_ids(wanted, known, found) if wanted else report(known, found)
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
