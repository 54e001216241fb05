"""A service joins by files of its own: the toy under tests/toy_service, in a copy of this tree.

The toy is what docs/how-to/add-a-service.md asks for, step by step. The copy is thrown away.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from services.notifications.templates.repository import Templates
from tests.fuzz import test_fuzz
from tests.guards.code import ROOT, SERVICES, Module
from tests.guards.test_layering import impure_domains
from tests.guards.test_one_way import against_the_order, circles
from tests.guards.test_plain_words import private_words, puzzles
from tests.guards.test_repository import tracked
from tests.guards.test_shape import odd_names
from tests.guards.test_thin_edge import busy_tables, forwarders, thick_apps
from tests.notifications.messages.test_bounds import (
    test_announcing_and_sending_stays_within_sixteen_items as announcing,
)

TOY = ROOT / "tests" / "toy_service"
TREE = TOY / "tree"
LISTS = "shared/data/code_lists.toml"
# Pages of all services, which `make docs` writes again; every other page of the toy is new.
GENERATED = {"README.md", "docs/architecture.md", "docs/events.md"}
PAGES = ROOT / "docs" / "how-to"
# What the placeholders of the pages stand for here.
EXAMPLES = {
    "X": "lending",
    "<aggregate>": "loans",
    "<channel>": "sms",
    "<provider>": "smsc",
    "STAGE": "local",
}
# The toy reads no environment of its own, and the local stage changes no list.
OPTIONAL = {"services/lending/settings.py", "infra/stages/local/code_lists.toml"}
FUZZ = (
    test_fuzz.test_every_operation_succeeds_for_its_caller_and_for_nobody_from_elsewhere,
    test_fuzz.test_one_invalid_place_is_named_and_nothing_else_happens,
)
BOUNDS = f"test_bounds.py::{announcing.__name__}[lending.LoanOverdue]"
# What the outer run has looked at already: no file of theirs is another one in the copy.
LOOKED_AT = [f"-{name}]" for name in SERVICES]
LOOKED_AT += [f"[{name}]" for name in (*SERVICES, *Templates.connect().by_name)]
PATH = re.compile(r"`((?:services|shared|infra|tests|docs)/[^`*…]+)`")

MAKE_DOCS = """
import importlib, sys
from tools import generated
for name in sys.argv[1:]:
    generated.run(importlib.import_module(name).documents())
"""

pytestmark = [pytest.mark.slow, pytest.mark.requirement("X-01")]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree after the steps of add-a-service.md."""
    copy = Path(tmp_path_factory.mktemp("joined"))
    for path in tracked():
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)  # with its time, by which Python knows what it has compiled
    for folder in {path.parent for path in tracked()}:
        if (compiled := folder / "__pycache__").is_dir():
            unfinished = shutil.ignore_patterns("*.pyc.*")
            shutil.copytree(compiled, copy / compiled.relative_to(ROOT), ignore=unfinished)
    shutil.copytree(TREE, copy, dirs_exist_ok=True)
    with (copy / LISTS).open("a", encoding="utf-8") as lists:
        lists.write((TOY / "code_lists.toml").read_text("utf-8"))
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    # One process writes all, as each of them imports every service.
    _python(copy, "-c", MAKE_DOCS, *_documents())
    return copy


def _documents() -> list[str]:
    """Return the modules that `make docs` runs."""
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ndocs:")[2].partition("\n\n")[0]
    return re.findall(r"\$\(PY\) -m ([\w.]+)", recipe)


def _python(copy: Path, *arguments: str) -> str:
    """Run Python in the copy; the answer is what it printed."""
    run = [sys.executable, *arguments]
    done = subprocess.run(run, cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
    return done.stdout


def _files(folder: Path) -> Iterator[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    skipped = {".git", "__pycache__", "build", ".hypothesis", ".ruff_cache"}
    return (path.as_posix() for path in found if not skipped & {*path.parts})


def edited(before: Path, after: Path, paths: Iterable[str]) -> set[str]:
    """Name the files that are not the same in two trees."""
    return {
        path
        for path in paths
        if not (after / path).exists()
        or (before / path).read_bytes() != (after / path).read_bytes()
    }


def test_nothing_else_has_to_be_edited(copy: Path) -> None:
    ours = {path.relative_to(ROOT).as_posix() for path in tracked()}

    assert edited(ROOT, copy, ours) <= GENERATED | {LISTS}
    assert (copy / LISTS).read_text("utf-8").startswith((ROOT / LISTS).read_text("utf-8"))
    made = {*_files(copy)} - ours - {*_files(TREE)}
    assert {path.rpartition("/")[0] for path in made} == {
        "docs/api",
        "docs/events",
        "tests/contracts/samples",
    }


def test_a_file_that_was_edited_or_removed_is_noticed(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, texts in ((before, "abc"), (after, "ax")):
        folder.mkdir()
        for name, text in zip("123", texts, strict=False):
            (folder / name).write_text(text)

    assert edited(before, after, "123") == {"2", "3"}


def test_its_tests_its_contracts_and_all_guards_pass(copy: Path) -> None:
    read = [f"templates/test_{each}.py" for each in ("edge_data", "heard_events", "templates")]
    read += ["templates/test_promises.py", f"messages/{BOUNDS}", "work_items/test_endings.py"]
    tests = ["tests/lending", "tests/guards", "tests/contracts"]
    tests += [f"tests/notifications/{each}" for each in read]  # what reads its templates
    tests += [f"tests/fuzz/test_fuzz.py::{each.__name__}[lending]" for each in FUZZ]
    others = f"not ({' or '.join(LOOKED_AT)})"
    ignored = "--ignore=tests/guards/test_toy_service.py"
    _python(copy, "-m", "pytest", "-x", *tests, ignored, "-k", others)
    _python(copy, "-m", "ruff", "check", "services/lending", "tests/lending", "shared/events")


def test_its_stack_is_packaged(copy: Path) -> None:
    build = "from infra.package import build_stack; print(build_stack('lending').template)"
    template = json.loads(Path(copy, _python(copy, "-c", build).strip()).read_text("utf-8"))

    resources = template["Resources"]
    heard = {"source": ["ryadom.intake"], "detail-type": ["intake.CaseClosed"]}
    assert resources["IntakeRule"]["Properties"]["EventPattern"] == heard
    assert "/v1/loans/{case_id}/return" in json.dumps(resources["RestAPI"])
    assert {"APIHandler", "OnMessages", "SweepDeadlines"} <= resources.keys()


def test_it_is_documented(copy: Path) -> None:
    page = (copy / "docs/events.md").read_text("utf-8")
    document = json.loads((copy / "docs/api/lending.json").read_text("utf-8"))
    readme = (copy / "services/lending/README.md").read_text("utf-8")

    rows = {line.partition("`]")[0]: line for line in page.splitlines() if "`]" in line}
    assert "lending: `recall_loan`" in rows["| [`intake.CaseClosed"]
    assert "notifications: " in rows["| [`lending.LoanOverdue"]
    assert "/v1/loans/{case_id}/return" in document["paths"]
    assert "lent --> recalled: recall" in readme


def test_the_toy_itself_keeps_the_rules_that_services_grow_into() -> None:
    found = [Module(path, (TREE / path).read_text("utf-8")) for path in _files(TREE)]
    code = [module for module in found if module.path.endswith(".py") and module.service]
    rules = (odd_names, thick_apps, busy_tables, forwarders, against_the_order, circles,
             impure_domains, private_words, puzzles)  # fmt: skip

    assert [fault for rule in rules for fault in rule(code)] == []


# the pages ------------------------------------------------------------------------------------


def steps(page: str) -> set[str]:
    """Return the paths in the numbered steps of a page, as they are for the toy."""
    text = (PAGES / page).read_text("utf-8")
    numbered = "\n".join(line for line in text.splitlines() if line[:1].isdigit())
    found = PATH.findall(numbered)
    for placeholder, name in EXAMPLES.items():
        found = [re.sub(rf"(?<![A-Za-z]){placeholder}(?![a-z])", name, path) for path in found]
    return {*found}


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES.glob("add-*.md")))
def test_every_file_that_a_step_names_is_there(page: str) -> None:
    named = steps(page) - OPTIONAL

    assert named
    assert [path for path in named if not (TREE / path).exists() | (ROOT / path).exists()] == []


def test_every_file_of_the_toy_is_named_by_a_step() -> None:
    named = steps("add-a-service.md")
    folders = tuple(path for path in named if path.endswith("/"))
    others = {path for path in _files(TREE) if not path.startswith(folders)} - named

    assert {path for path in others if not path.endswith("__init__.py")} == set()
