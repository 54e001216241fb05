"""What is deployed starts from what it brings along, compiles nothing, and is always the same."""

import json
import os
import shutil
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bench import stub, till
from infra.package import ROOT, SERVICES, Package, build_stack
from tests.infra.reading import Stack

# What Lambda's own runtime has, and nothing else of this environment.
RUNTIME_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")

IMPORT = """
import importlib, importlib._bootstrap_external as loading, json, sys
task, layer, runtime, handlers = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
compiled, compile_it = [], loading.SourceLoader.source_to_code
def told(self, data, path, **more):
    compiled.append(str(path))
    return compile_it(self, data, path, **more)
loading.SourceLoader.source_to_code = told
sys.path[:0] = [each for each in (task, layer) if each]
sys.path.append(runtime)
for handler in handlers:
    module, _, name = handler.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name)), handler
print(json.dumps([path for path in compiled if not path.startswith(runtime)]))
"""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the libraries that Lambda's runtime has."""
    folder = tmp_path_factory.mktemp("runtime")
    for name in RUNTIME_HAS:
        (folder / name).symlink_to(Path(site.getsitepackages()[0]) / name)
    return folder


def _unpacked(archive: Path, folder: Path) -> Path:
    """As Lambda mounts it: read-only."""
    with zipfile.ZipFile(archive) as made:
        made.extractall(folder)
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


def _import(task: Path, layer: str, runtime: Path, handlers: list[str]) -> list[str]:
    done = subprocess.run(
        [sys._base_executable, "-I", "-S", "-c", IMPORT, str(task), layer, str(runtime), *handlers],
        capture_output=True,
        text=True,
        env={"PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ["PATH"]},
        cwd=task,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", ["platform", *SERVICES, "till"])
def test_every_handler_starts_from_its_zip_and_layer_and_compiles_nothing(
    packaged: Package, stacks: dict[str, Stack], runtime: Path, tmp_path: Path, name: str
) -> None:
    built = next(stack for stack in packaged.stacks if stack.name == name)
    handlers = sorted(function["Handler"] for function in stacks[name].functions().values())
    task = _unpacked(built.code, tmp_path / "task")
    layer = "" if name == "till" else str(packaged.layer.parent / "python")
    assert _import(task, layer, runtime, handlers) == []


def test_the_till_brings_only_what_it_may_import(packaged: Package) -> None:
    built = next(stack for stack in packaged.stacks if stack.name == "till")
    with zipfile.ZipFile(built.code) as made:
        names = made.namelist()
    assert not [name for name in names if name.startswith(("chalice/", "services/intake/"))]
    assert not [name for name in names if name.startswith("services/cards/registry/")]
    assert "services/cards/till/messages.toml" in names


def test_the_till_answers_where_the_system_has_no_time_zones(
    packaged: Package, tmp_path: Path
) -> None:
    built = next(stack for stack in packaged.stacks if stack.name == "till")
    task = _unpacked(built.code, tmp_path / "task")
    nowhere = "import zoneinfo; zoneinfo.reset_tzpath(to=[])\n"
    with till.answering(tls=False) as where:
        environment = stub.environment(where, "cards") | {
            "LAMBDA_TASK_ROOT": str(task),
            "PYTHONDONTWRITEBYTECODE": "1",
            "EVENT": json.dumps(till.event(till.turning(), "no-zones")),
        }
        command = [sys._base_executable, "-I", "-S", "-c", nowhere + till.CHECK]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_another_folder_makes_the_same_zip_and_leaves_no_trace_in_it(tmp_path: Path) -> None:
    made = []
    for place in ("here", "elsewhere/deeper"):
        root = tmp_path / place
        for folder in ("shared", "services/notifications"):
            skip = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / folder, root / folder, ignore=skip)
        shutil.copy(ROOT / "services" / "__init__.py", root / "services" / "__init__.py")
        made.append(build_stack("notifications", root))
    first, second = made
    assert first.code_hash == second.code_hash
    with zipfile.ZipFile(second.code) as archive:
        for name in archive.namelist():
            assert str(tmp_path).encode() not in archive.read(name), name


def test_only_what_has_changed_is_built_again(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "shared", tmp_path / "shared")
    first = build_stack("platform", tmp_path)
    made_at = first.code.stat().st_mtime_ns
    assert build_stack("platform", tmp_path).code.stat().st_mtime_ns == made_at
    with (tmp_path / "shared" / "clock.py").open("a") as module:
        module.write("\nANOTHER = 1\n")
    assert build_stack("platform", tmp_path).code_hash != first.code_hash


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
