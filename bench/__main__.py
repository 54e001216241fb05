"""`make bench`: every ratio of the project in one report; name parts to run only those.

It runs on the Python of a stage where this machine has that one, else on the one that started it.
The long ones are run by name alone, with options of their own: `python -m bench batch --help`.
"""

import importlib.metadata
import platform
import subprocess
import sys

from bench import (
    assignment,
    card_import,
    case_queue,
    cold_start,
    consumer,
    costs,
    messages,
    office_tables,
    till,
    till_attack,
    till_load,
    write_path,
)
from bench.harness import report, say
from infra.packaging.layer import uv
from infra.packaging.runtime import DEFAULT, of_stage
from infra.services import ROOT

PARTS = {
    "write-path": write_path.measure,
    "consumer": consumer.measure,
    "cold": cold_start.measure,
    "till": till.measure,
    "assignment": assignment.measure,
    "tables": office_tables.measure,
    "queue": case_queue.measure,
    "messages": messages.measure,
    "costs": costs.measure,
}
PROCESSES = {"write-path": write_path.PROCESSES, "consumer": consumer.PROCESSES}
LONG = {"batch": card_import.main, "till-load": till_load.main, "till-attack": till_attack.main}
VERSIONS = ("boto3", "botocore", "pydantic", "chalice", "cedarpy", "cryptography", "ortools")


def main() -> None:
    """Run the parts and print one line per comparison."""
    if (python := _python_of_a_stage()) is not None:
        raise SystemExit(subprocess.call([python, "-m", "bench", *sys.argv[1:]]))
    wanted = sys.argv[1:] or list(PARTS)
    if wanted[0] in LONG:
        raise SystemExit(LONG[wanted[0]](wanted[1:]))
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        names = ", ".join([*PARTS, *LONG])
        raise SystemExit(f"No part is called {unknown[0]}; there are: {names}.")
    say(f"Python {platform.python_version()}, {platform.machine()}, CPU time, side ÷ baseline")
    say(", ".join(f"{name} {importlib.metadata.version(name)}" for name in VERSIONS))
    say("An answer comes from a stub on this machine: nothing here is about network latency.")
    for name in wanted:
        say(f"\n{name}")
        if code := report(PARTS[name], PROCESSES.get(name, 1)):
            raise SystemExit(code)


def _python_of_a_stage() -> str | None:
    """Return a stage's Python with our pinned libraries; None here, or where there is no such."""
    runtime = of_stage(DEFAULT)
    if runtime.interpreter in (None, sys.executable):
        return None
    home = ROOT / "build" / f"bench-{runtime.name}"
    python = str(home / "bin" / "python")
    uv(["venv", "--allow-existing", "--python", str(runtime.interpreter), str(home)])
    uv(["pip", "install", "--python", python, "--compile-bytecode", "-r", "constraints.txt"])
    return python


if __name__ == "__main__":
    main()
