"""How zips and layers are built: the same from any folder, once, and refused in sentences."""

import json
import shutil
import sys
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from infra.package import (
    Package,
    _alone,
    _run_chalice,
    build_stack,
    check_calendar,
    main,
    package,
)
from infra.packaging.layer import Layer, _zip, uv
from infra.packaging.reproducible_zip import CannotPackage
from infra.packaging.runtime import DEFAULT, LOCAL, Runtime, _found, of_stage
from infra.services import ROOT
from shared.reference import production_calendar


def test_a_build_needs_the_calendar_of_its_year_and_in_december_of_the_next() -> None:
    last = max(production_calendar.years())
    check_calendar(date(last, 11, 30))
    for today, missing in ((date(last, 12, 1), last + 1), (date(last + 1, 1, 1), last + 1)):
        with pytest.raises(CannotPackage, match=f"lacks {missing}: update the package"):
            check_calendar(today)


def test_a_stage_is_not_built_without_its_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked(Exception):
        pass

    def refuse(_: date) -> None:
        raise Asked

    monkeypatch.setattr("infra.package.check_calendar", refuse)
    with pytest.raises(Asked):
        package(["platform"], runtime=of_stage(DEFAULT))
    package(["platform"])  # on this machine an old checkout still runs


def test_another_runtime_is_refused() -> None:
    with pytest.raises(CannotPackage, match=r"python3\.12, python3\.13"):
        of_stage("python3.11")


def test_the_shims_of_pyenv_are_asked_for_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim, asked = tmp_path / "python3.9", tmp_path / "asked"
    shim.write_text(f'#!/bin/sh\necho "$PYENV_VERSION" > "{asked}"\nexit 127\n')
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _found.__wrapped__("3.9") is None
    assert asked.read_text() == "3.9\n"


def test_a_build_without_the_runtimes_python_says_that_it_has_no_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Runtime, "interpreter", None)
    shutil.copytree(ROOT / "shared", tmp_path / "shared")
    built = build_stack("platform", tmp_path, of_stage(DEFAULT))
    with zipfile.ZipFile(built.code) as made:
        assert not [name for name in made.namelist() if name.endswith(".pyc")]
    assert "no Python 3.13" in str(Package((built,), {}, of_stage(DEFAULT)).warning)


def test_bytecode_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    """A disk was full: the command ended in a traceback that did not say so."""
    (tmp_path / "clock.py").write_text("NOW = 1\n")
    (tmp_path / "__pycache__").write_text("no folder")
    with pytest.raises(CannotPackage, match=r"no bytecode in .*(?s:.*)clock\.py(?s:.*)Not a dir"):
        LOCAL.compile(tmp_path, "/var/task")


def test_another_folder_makes_the_same_zip_and_leaves_no_trace_in_it(
    packaged: Package, tmp_path: Path
) -> None:
    root = tmp_path / "elsewhere" / "deeper"
    for folder in ("shared", "services/notifications"):
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, root / folder, ignore=skip)
    shutil.copy(ROOT / "services" / "__init__.py", root / "services" / "__init__.py")
    again = build_stack("notifications", root)
    (first,) = [stack for stack in packaged.stacks if stack.name == "notifications"]
    assert again.code_hash == first.code_hash
    with zipfile.ZipFile(again.code) as archive:
        for name in archive.namelist():
            told = archive.read(name)
            assert str(tmp_path).encode() not in told and str(ROOT).encode() not in told, name


def test_only_what_has_changed_is_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "shared", tmp_path / "shared")
    first = build_stack("platform", tmp_path)
    made_at = first.code.stat().st_mtime_ns
    assert build_stack("platform", tmp_path).code.stat().st_mtime_ns == made_at
    with (tmp_path / "shared" / "clock.py").open("a") as module:
        module.write("\nANOTHER = 1\n")
    second = build_stack("platform", tmp_path)
    assert second.code_hash != first.code_hash
    made_at = second.code.stat().st_mtime_ns
    (tmp_path / "constraints.txt").write_text("chalice==2\n")
    monkeypatch.setattr("infra.packaging.layer.CONSTRAINTS", tmp_path / "constraints.txt")
    assert build_stack("platform", tmp_path).code.stat().st_mtime_ns != made_at


@pytest.mark.parametrize("left", ["", '{"inp', "[]", "{}", "\0\0"])
def test_a_note_of_what_was_built_that_a_full_disk_has_cut_is_no_obstacle(
    tmp_path: Path, left: str
) -> None:
    """It stood in the way of every later start, with a hint at the state that does not help."""
    shutil.copytree(ROOT / "shared", tmp_path / "shared")
    first = build_stack("platform", tmp_path)
    first.code.unlink()
    (first.code.parent / "inputs.json").write_text(left)
    assert build_stack("platform", tmp_path) == first
    assert first.code.exists()


def test_a_stack_that_is_not_there_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["package", "insight"])
    with pytest.raises(SystemExit):
        main()
    assert "no stack is called insight; there are platform, cards" in capsys.readouterr().err


def test_the_command_builds_for_this_machine_unless_it_is_asked_for_a_stage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked: list[Runtime] = []

    def built(names: list[str], *, runtime: Runtime) -> Package:
        asked.append(runtime)
        layer = Layer("printing", tmp_path, tmp_path / "layer.zip", "its-hash")
        absent = Runtime("python3.99")  # which no machine has
        return Package((), {"printing": layer}, runtime if runtime.local else absent)

    monkeypatch.setattr("infra.package.package", built)
    for told in ([], ["--aws"], ["--aws", "--runtime", "python3.12"]):
        monkeypatch.setattr(sys, "argv", ["package", *told])
        main()
    assert asked == [LOCAL, of_stage(DEFAULT), of_stage("python3.12")]
    said = capsys.readouterr().out
    assert (said.count("layer printing"), said.count("There is no bytecode")) == (3, 2)


def test_two_builds_of_one_tree_go_one_after_the_other(tmp_path: Path) -> None:
    with ThreadPoolExecutor() as pool, _alone(tmp_path):
        second = pool.submit(lambda: _alone(tmp_path).__enter__())
        with pytest.raises(TimeoutError):
            second.result(0.1)
    assert second.done()


@pytest.mark.parametrize("runtime", [LOCAL, of_stage(DEFAULT)], ids=["local", "stage"])
def test_a_build_that_was_broken_off_is_no_obstacle(tmp_path: Path, runtime: Runtime) -> None:
    (tmp_path / "python").mkdir()
    half = tmp_path / "tree" / "python" / "lib" / LOCAL.name / "site-packages"
    half.mkdir(parents=True)
    (half / "left.py").write_text("")
    _zip(tmp_path, tmp_path / "layer.zip", runtime)
    with zipfile.ZipFile(tmp_path / "layer.zip") as made:
        assert not [name for name in made.namelist() if name.endswith("left.py")]
    assert not (tmp_path / "tree").exists()


def test_libraries_that_cannot_be_had_are_told_in_the_words_of_uv() -> None:
    with pytest.raises(CannotPackage, match=r"cannot be had:\n.*absent\.in"):
        uv(["pip", "compile", "--offline", "absent.in"])


def test_an_app_that_cannot_be_packaged_is_told_with_its_own_words(tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    (staged / ".chalice").mkdir(parents=True)
    (staged / ".chalice" / "config.json").write_text('{"version": "2.0", "app_name": "toy"}')
    (staged / "app.py").write_text("import nothing_of_this_name\n")
    with pytest.raises(CannotPackage, match=r"the app of till .*(?s:.*)nothing_of_this_name"):
        _run_chalice("till", staged, tmp_path)


def test_every_module_in_a_zip_has_its_bytecode_beside_it(packaged: Package) -> None:
    tag = sys.implementation.cache_tag
    for stack in packaged.stacks:
        with zipfile.ZipFile(stack.code) as made:
            names = set(made.namelist())
        for name in names:
            if name.endswith(".py"):
                folder, _, module = name.rpartition("/")
                cached = f"{module.removesuffix('.py')}.{tag}.pyc"
                assert f"{folder}/__pycache__/{cached}".lstrip("/") in names


def test_every_table_of_words_in_a_zip_has_the_same_as_json_beside_it(packaged: Package) -> None:
    checked = 0
    for stack in packaged.stacks:
        with zipfile.ZipFile(stack.code) as made:
            for name in made.namelist():
                if name.endswith(".toml") and stack.name != "platform":
                    said = json.loads(made.read(name.removesuffix("toml") + "json"))
                    assert said == tomllib.loads(made.read(name).decode()), name
                    checked += 1
    assert checked > len(packaged.stacks)
