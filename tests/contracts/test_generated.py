"""What is written from the code is what the code says; `make docs` writes it."""

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from infra.services import ROOT
from tools import generated

RECIPE = (ROOT / "Makefile").read_text("utf-8").partition("\ndocs:")[2].partition("\n\n")[0]
GENERATORS = re.findall(r"-m (tools\.\w+)", RECIPE)


@pytest.mark.parametrize("name", GENERATORS)
def test_the_committed_files_are_what_the_code_says(name: str) -> None:
    assert generated.stale(import_module(name).documents()) == [], "run `make docs`"


def test_every_generator_is_run_by_make_docs() -> None:
    tools = {f"tools.{path.stem}": path for path in (ROOT / "tools").glob("*.py")}
    made = {name for name, path in tools.items() if "generated.run(" in path.read_text("utf-8")}

    assert made == {*GENERATORS}


def test_what_is_stale_is_named_and_then_written_or_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generated, "ROOT", tmp_path)
    right, other, old = (tmp_path / name for name in ("right", "new/other", "old"))
    right.write_text("as it is")
    old.write_text("nobody needs it")
    documents = {right: "as it is", other: "as it should be", old: None}

    monkeypatch.setattr(sys, "argv", ["tools.x", "--check"])
    assert (generated.run(documents), old.exists(), other.exists()) == (1, True, False)
    assert capsys.readouterr().out == "stale: new/other\nstale: old\n"
    monkeypatch.setattr(sys, "argv", ["tools.x"])
    assert (generated.run(documents), old.exists()) == (0, False)
    assert other.read_text() == "as it should be"
    assert generated.stale(documents) == []
