"""The dependency layers: what the services import from PyPI, in groups that functions ask for.

On AWS a layer holds the libraries. Locally it is one line that points at the folder they were
installed in, because the emulator unpacks a layer again for every worker it starts.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from uv import find_uv_bin

from infra.packaging.reproducible_zip import CannotPackage, digest, write_zip
from infra.packaging.runtime import Runtime
from infra.services import ROOT

CONSTRAINTS = ROOT / "constraints.txt"
COMMON = "common"
# The resource that each layer is in the platform's stack. A group is an extra of pyproject.toml;
# the common one is its `dependencies` and stands beneath the others.
RESOURCES = {
    COMMON: "Layer",
    "printing": "PrintingLayer",
    "wording": "WordingLayer",
    "assignment": "AssignmentLayer",
}
# OR-tools asks for pandas, which its models of constraint programming alone use: 40 MB.
WITHOUT = {"assignment": ("pandas",)}
_BUILDERS = (Path(__file__), Path(__file__).with_name("runtime.py"))
# Lambda's Pythons from 3.12 on stand on Amazon Linux 2023, whose glibc is 2.34.
PLATFORM = "x86_64-manylinux_2_28"


@dataclass(frozen=True)
class Layer:
    """The libraries of one group, unpacked and as they are uploaded."""

    group: str
    libraries: Path
    archive: Path
    hash: str

    @property
    def resource(self) -> str:
        """Its name in the platform's stack, where LayerKey and LayerHash say what it holds."""
        return RESOURCES[self.group]

    @property
    def size(self) -> int:
        """What it counts against Lambda's limit, in bytes."""
        return sum(path.stat().st_size for path in self.libraries.rglob("*") if path.is_file())


def dependencies(group: str) -> list[str]:
    """Return what the functions that ask for a group import, as pyproject.toml says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: list[str] = project["dependencies"]
    return found if group == COMMON else found + project["optional-dependencies"][group]


def build(group: str, folder: Path, runtime: Runtime) -> Layer:
    """Install and zip a group; nothing is done when its inputs are unchanged."""
    facts = [*dependencies(group), runtime.name, str(runtime.interpreter is not None)]
    if runtime.local:  # its archive names the place, which a checkout that is moved leaves
        facts.append(str(folder.resolve()))
    # A folder per content: a platform that runs keeps the libraries it started with.
    folder = folder / group / digest([CONSTRAINTS, *_BUILDERS], *facts)
    archive = folder / "layer.zip"
    if not archive.exists():
        _install(group, folder / "python", runtime)
        _zip(folder, archive, runtime)
    return Layer(group, folder / "python", archive, digest([archive]))


def pins(group: str, runtime: Runtime) -> list[str]:
    """Return the packages of a group that the common layer beneath it does not hold, pinned."""
    resolved = _resolved(group, runtime)
    return resolved if group == COMMON else sorted({*resolved} - {*_resolved(COMMON, runtime)})


@cache
def _resolved(group: str, runtime: Runtime) -> list[str]:
    with tempfile.TemporaryDirectory() as scratch:
        excludes = Path(scratch, "excludes.txt")
        excludes.write_text("\n".join(WITHOUT.get(group, ())))
        asked = Path(scratch, "requirements.in")
        asked.write_text("\n".join(dependencies(group)))
        options = ["--no-annotate", "--no-header", "--excludes", str(excludes)]
        options += ["--constraints", str(CONSTRAINTS), *_of(runtime)]
        compiled = uv(["pip", "compile", *options, str(asked)])
    return [line for line in compiled.splitlines() if line]


def installation(group: str, target: Path, runtime: Runtime) -> list[str]:
    """How uv is asked to put a group's packages into a folder."""
    options = ["--no-deps", "--target", str(target), *_of(runtime)]
    return ["pip", "install", *options, *pins(group, runtime)]


def _install(group: str, target: Path, runtime: Runtime) -> None:
    shutil.rmtree(target, ignore_errors=True)
    uv(installation(group, target, runtime))
    # RECORD holds hashes of scripts, which name the interpreter of this machine.
    useless = [*target.glob("bin"), *target.rglob("tests"), *target.glob("*.dist-info/RECORD")]
    for path in [*useless, target / ".lock"]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    runtime.compile(target, "/opt/python")


def _of(runtime: Runtime) -> list[str]:
    """Wheels for that runtime; the local platform's are those of this machine."""
    here = ["--python", sys.executable, "--only-binary", ":all:"]
    if runtime.local:
        return here
    return [*here, "--python-version", runtime.version, "--python-platform", PLATFORM]


def uv(arguments: list[str]) -> str:
    """Return what uv prints; a failure says which libraries cannot be had."""
    command = [find_uv_bin(), "--quiet", "--no-python-downloads", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise CannotPackage(
            f"The libraries of a layer cannot be had:\n{done.stderr.strip()}\n"
            "Is a package registry in reach, also by the proxy that is set? Then run this again."
        )
    return done.stdout


def _zip(folder: Path, archive: Path, runtime: Runtime) -> None:
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    if runtime.local:
        site = tree / "python" / "lib" / runtime.name / "site-packages"
        site.mkdir(parents=True)
        # An `import` line runs at once; a plain path would stand behind the emulator's libraries.
        here = str((folder / "python").resolve())
        (site / "ryadom.pth").write_text(f"import sys; sys.path.insert(0, {here!r})\n", "utf-8")
    else:
        shutil.copytree(folder / "python", tree / "python", copy_function=os.link)
    write_zip(tree, archive)
    shutil.rmtree(tree)
