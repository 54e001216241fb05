"""Code as Lambda mounts and runs it: read-only, with nothing of this environment."""

import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from infra.package import Package
from infra.services import app_folders

STACKS = ["platform", *app_folders()]
# What Lambda's own runtime has, and nothing else of this environment.
RUNTIME_HAS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
# The Python that an environment was made with, without what is installed in it.
BASE: str = vars(sys)["_base_executable"]


def unpacked(made: Package, name: str, folder: Path) -> Path:
    """A stack's code as Lambda mounts it: read-only."""
    (code,) = [stack.code for stack in made.stacks if stack.name == name]
    with zipfile.ZipFile(code) as archive:
        archive.extractall(folder)
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


def run(python: str, code: str, *arguments: str, env: Mapping[str, str] | None = None) -> list[str]:
    """What a program says that nothing of this environment helps."""
    command = [python, "-I", "-S", "-B", "-c", code, *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
