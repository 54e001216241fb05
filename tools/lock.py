"""Compiles constraints.txt: every package of pyproject.toml and its extras, pinned for each Python.

The file names no index, so that each machine uses the one it is set up for.
"""

import subprocess
import sys

from infra.services import ROOT

TARGET = ROOT / "constraints.txt"
HEADER = """\
# Every package this repository is built and tested with, pinned.
# `make lock` compiles it from pyproject.toml; a test holds the two together.
"""
COMPILE = (
    *("-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--all-extras", "--no-header", "--no-annotate"),
)


def pinned(text: str) -> str:
    """Return the compiled text with our words on top instead of the tool's."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return HEADER + "\n".join(sorted(lines, key=str.lower)) + "\n"


def main() -> int:
    """Compile; what is pinned already stays unless pyproject.toml asks for something else."""
    command = [sys.executable, *COMPILE, "--output-file", str(TARGET), "pyproject.toml"]
    done = subprocess.run(command, cwd=ROOT)
    if done.returncode == 0:
        TARGET.write_text(pinned(TARGET.read_text("utf-8")), "utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
