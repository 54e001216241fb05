"""Builds what is deployed: one zip and one CloudFormation template per stack, and the layers.

`python -m infra.package [stack …]` writes `build/<stack>/` for the local platform, with `--aws`
`build/aws/<stack>/` for the runtime of a stage. A stack whose inputs are unchanged is not built
again.
"""

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from infra.packaging import layer, parts_index, stack_defaults, templates
from infra.packaging.import_closure import copy_closure
from infra.packaging.layer import Layer
from infra.packaging.reproducible_zip import CannotPackage, digest, unpacked_size, write_zip
from infra.packaging.runtime import DEFAULT, LOCAL, Runtime, of_stage
from infra.services import INFRA, ROOT, app_folders, owner, service_names
from infra.terminal import at_any_terminal, say
from shared import clock
from shared.parts import INDEX
from shared.reference import production_calendar

PLACEHOLDER = "replaced-by-infra"
NO_CALENDAR = (
    "The production calendar lacks {year}: update the package `holidays` (in constraints.txt, to a "
    "version that knows the transfers of that year), then `make docs`, and commit "
    "shared/data/production_calendar.json."
)
# Zips without chalice: the handlers whose imports decide what goes in.
HANDLERS = {"platform": ("shared.identity.authorizer",)}


@dataclass(frozen=True)
class Stack:
    """What one stack is deployed from."""

    name: str
    template: Path
    code: Path
    code_hash: str


@dataclass(frozen=True)
class Package:
    """Everything one deployment needs."""

    stacks: tuple[Stack, ...]
    layers: dict[str, Layer]
    runtime: Runtime

    @property
    def warning(self) -> str | None:
        """What the person who deploys it must know."""
        if self.runtime.interpreter is not None:
            return None
        return (
            f"There is no bytecode: this machine has no Python {self.runtime.version} to make it. "
            "Each cold start compiles what it imports and takes two to three times as long. "
            f"Put a python{self.runtime.version} on the PATH and build again."
        )


def package(names: Sequence[str] = (), *, runtime: Runtime = LOCAL) -> Package:
    """Build the named stacks, or all there are, and every layer, two at a time."""
    if not runtime.local:
        check_calendar(clock.wall().date())
    build = _folder(ROOT, runtime)
    build.mkdir(parents=True, exist_ok=True)
    with _alone(build), ThreadPoolExecutor(max_workers=2) as pool:
        libraries = [
            pool.submit(layer.build, group, build / "layers", runtime) for group in layer.RESOURCES
        ]
        stacks = tuple(pool.map(lambda name: build_stack(name, ROOT, runtime), names or present()))
        layers = {made.group: made for made in (each.result() for each in libraries)}
    return Package(stacks, layers, runtime)


def check_calendar(today: date) -> None:
    """Refuse to build without the production calendar that a stage of today needs."""
    year = production_calendar.missing_year(today)
    if year is not None:
        raise CannotPackage(NO_CALENDAR.format(year=year))


def _folder(root: Path, runtime: Runtime) -> Path:
    return root / "build" if runtime.local else root / "build" / "aws"


def present(root: Path = ROOT) -> list[str]:
    """Return the names of the stacks that this tree has."""
    found = ["platform"] if (root / "shared" / "identity" / "authorizer.py").exists() else []
    return [*found, *app_folders(root)]


def build_stack(name: str, root: Path = ROOT, runtime: Runtime = LOCAL) -> Stack:
    """One stack's template and zip, built unless its inputs are the same as last time."""
    target = _folder(root, runtime) / name
    stamp = target / "inputs.json"
    facts = (runtime.name, str(runtime.interpreter is not None))
    inputs = digest(_code(name, root), digest(_ours(name)), *facts, base=root)
    code_hash = _built(stamp, inputs)
    if code_hash is None:
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        make = _build_service if name in app_folders(root) else _build_plain
        code_hash = make(name, root, target, runtime)
        stamp.write_text(json.dumps({"inputs": inputs, "code": code_hash}))
    return Stack(name, target / "template.json", target / "code.zip", code_hash)


def _built(stamp: Path, inputs: str) -> str | None:
    """Return the hash of the code that was built of these inputs, if it was to the end."""
    try:
        noted = json.loads(stamp.read_text())
        return str(noted["code"]) if noted["inputs"] == inputs else None
    except (OSError, ValueError, LookupError, TypeError):  # none, or cut by a full disk
        return None


def _code(name: str, root: Path) -> list[Path]:
    """Return the modules and data that may go into a stack's zip."""
    folders = [root / "shared"]
    if name in app_folders(root):
        folders.append(root / "services" / owner(name, root))
    return [path for folder in folders for path in folder.rglob("*") if _deployed(path)]


def _ours(name: str) -> list[Path]:
    """Return the files that say how a stack is built."""
    builders = [INFRA / "package.py", INFRA / "services.py", *(INFRA / "packaging").glob("*.py")]
    return [*templates.sources(name), *builders, layer.CONSTRAINTS]  # chalice goes into the zip


def _deployed(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts and path.suffix not in (".md", ".pyc")


# a service: chalice finds its functions and routes ------------------------------------------


def _build_service(name: str, root: Path, target: Path, runtime: Runtime) -> str:
    staged = target / "staged"
    _stage(name, root, staged)
    _run_chalice(name, staged, target)
    template = finish(json.loads((target / "out" / "sam.json").read_text("utf-8")), runtime)
    _write_template(target, template)
    task = target / "task"
    with zipfile.ZipFile(target / "out" / "deployment.zip") as made:
        made.extractall(task)
    if name in service_names(root):  # now only: chalice has to see every route
        (task / "services" / name / INDEX).write_text(parts_index.text(name), "utf-8")
    _make_json(task)
    runtime.compile(task, "/var/task")
    code_hash = write_zip(task, target / "code.zip")
    for used in (staged, target / "out", task):
        shutil.rmtree(used)
    return code_hash


def _make_json(task: Path) -> None:
    """Put JSON beside every TOML, for `shared.data_files.read_toml`."""
    for path in task.rglob("*.toml"):
        made = json.dumps(tomllib.loads(path.read_text("utf-8")), ensure_ascii=False)
        path.with_suffix(".json").write_text(made, "utf-8")


def _stage(name: str, root: Path, staged: Path) -> None:
    """Lay the service out as chalice wants it: an app.py on top, everything else under vendor.

    The app stays in its package, so that what is beside it is found as in the repository.
    """
    vendor = staged / "vendor"
    skip = shutil.ignore_patterns("__pycache__", "*.md")
    shutil.copytree(root / "shared", vendor / "shared", ignore=skip)
    service = root / "services" / owner(name, root)
    shutil.copytree(service, vendor / "services" / service.name, ignore=skip)
    shutil.copy(root / "services" / "__init__.py", vendor / "services" / "__init__.py")
    module = app_folders(root)[name].replace("/", ".")
    (staged / "app.py").write_text(f"from {module}.app import *\n", "utf-8")
    (staged / "requirements.txt").write_text("")
    settings = {
        "version": "2.0",
        "app_name": f"ryadom-{name}",
        "manage_iam_role": False,
        "iam_role_arn": PLACEHOLDER,
        "api_gateway_endpoint_type": "REGIONAL",
        "stages": {"api": {"api_gateway_stage": "api"}},
    }
    (staged / ".chalice").mkdir()
    (staged / ".chalice" / "config.json").write_text(json.dumps(settings))


def _run_chalice(name: str, staged: Path, target: Path) -> None:
    (target / "merge.json").write_text(json.dumps(templates.stack(name)))
    code = "import sys; from chalice.cli import main; sys.exit(main())"
    run = [sys.executable, "-c", code, "--project-dir", str(staged)]
    run += ["package", "--stage", "api", "--merge-template", str(target / "merge.json")]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    environment = kept | {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",  # else it asks the network
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [*run, str(target / "out")], env=environment, capture_output=True, text=True
    )
    (target / "merge.json").unlink()
    if done.returncode:
        why = "\n".join((done.stdout + done.stderr).strip().splitlines()[-4:])
        raise CannotPackage(f"the app of {name} does not package:\n{why}")


def finish(template: dict[str, Any], runtime: Runtime) -> dict[str, Any]:
    """Point a template at the deployed zip and finish it."""
    template = stack_defaults.finish(template)
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"}}
            properties["Runtime"] = runtime.name
    return template


# a stack without chalice --------------------------------------------------------------------


def _build_plain(name: str, root: Path, target: Path, runtime: Runtime) -> str:
    _write_template(target, finish(templates.stack(name), runtime))
    task = target / "task"
    copy_closure(HANDLERS[name], root, task)
    runtime.compile(task, "/var/task")
    code_hash = write_zip(task, target / "code.zip")
    shutil.rmtree(task)
    return code_hash


def _write_template(target: Path, template: dict[str, Any]) -> None:
    text = json.dumps(template, indent=1, ensure_ascii=False, sort_keys=True)
    (target / "template.json").write_text(text + "\n", "utf-8")


@contextmanager
def _alone(build: Path) -> Iterator[None]:
    """Two runs on one tree (a test beside `make run`) build one after the other."""
    with (build / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Build from the command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=__doc__)
    parser.add_argument("stacks", nargs="*")
    parser.add_argument("--aws", action="store_true", help="with the libraries inside the layers")
    parser.add_argument(
        "--runtime", default=DEFAULT, help="Python of the stage, with --aws: %(default)s"
    )
    asked = parser.parse_args()
    if unknown := set(asked.stacks) - set(present()):
        parser.error(f"no stack is called {', '.join(unknown)}; there are {', '.join(present())}")
    try:
        with at_any_terminal():
            _tell(package(asked.stacks, runtime=of_stage(asked.runtime) if asked.aws else LOCAL))
    except CannotPackage as refusal:
        raise SystemExit(str(refusal)) from None
    except KeyboardInterrupt:
        raise SystemExit("\nBroken off: the next build makes what is missing.") from None


def _tell(made: Package) -> None:
    stacks = [(each.name, unpacked_size(each.code), each.code_hash) for each in made.stacks]
    layers = [(f"layer {each.group}", each.size, each.hash) for each in made.layers.values()]
    for what, size, content in (*stacks, *layers):
        say(f"{what:17} {size / 1e6:6.1f} MB unpacked  {content}")
    if made.warning:
        say(made.warning)


if __name__ == "__main__":
    main()
