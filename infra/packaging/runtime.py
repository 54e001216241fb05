"""The Python that functions run on: a setting of the stage, whatever Python builds their zips."""

import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from uv import find_uv_bin

from infra.packaging.reproducible_zip import CannotPackage

STAGES_MAY_HAVE = ("python3.12", "python3.13", "python3.14")
DEFAULT = "python3.13"
_HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Runtime:
    """What zips and layers are built for: Lambda's Python, or the local platform's."""

    name: str
    local: bool = False

    @property
    def version(self) -> str:
        """As resolvers write it."""
        return self.name.removeprefix("python")

    @property
    def interpreter(self) -> str | None:
        """A Python of this machine whose bytecode that runtime reads."""
        return sys.executable if self.name == _HERE else _found(self.version)

    def compile(self, folder: Path, mounted_at: str) -> None:
        """Put bytecode beside every module; its lines name where Lambda mounts the folder.

        Unchecked: Lambda's files never change, so no start has to look at sources or their dates.
        """
        if self.interpreter is None:
            return
        command = [self.interpreter, "-I", "-m", "compileall", "-q", "-f"]
        command += ["-s", str(folder), "-p", mounted_at]
        command += ["--invalidation-mode", "unchecked-hash", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            why = "\n".join((done.stdout + done.stderr).strip().splitlines()[-4:])
            raise CannotPackage(f"There can be no bytecode in {folder}:\n{why}")


# The emulator ignores what a function asks for and runs the Python that started it.
LOCAL = Runtime(_HERE, local=True)


def of_stage(name: str) -> Runtime:
    """Return the runtime a stage asks for; one that AWS or our libraries lack is refused."""
    if name not in STAGES_MAY_HAVE:
        known = ", ".join(STAGES_MAY_HAVE)
        raise CannotPackage(f"No function can run on {name}; there are {known}.")
    return Runtime(name)


@cache
def _found(version: str) -> str | None:
    """Return an interpreter of that version that uv finds on the PATH or has installed.

    Under pyenv each version on the PATH is a shim that answers only when it is asked for by name.
    """
    command = [find_uv_bin(), "python", "find", "--no-python-downloads", version]
    asked = os.environ | {"PYENV_VERSION": version}
    done = subprocess.run(command, capture_output=True, text=True, env=asked)
    return done.stdout.strip() or None if done.returncode == 0 else None
