"""`make bench`: every ratio of the project in one report; name parts to run only those.

The long ones are run by name alone, with options of their own: `python -m bench batch --help`.
"""

import importlib.metadata
import platform
import sys

from bench import (
    assignment,
    card_import,
    case_queue,
    cold_start,
    messages,
    office_tables,
    till,
    till_attack,
    till_load,
    write_path,
)
from bench.harness import report, say

PARTS = {
    "write-path": write_path.measure,
    "cold": cold_start.measure,
    "till": till.measure,
    "assignment": assignment.measure,
    "tables": office_tables.measure,
    "queue": case_queue.measure,
    "messages": messages.measure,
}
LONG = {"batch": card_import.main, "till-load": till_load.main, "till-attack": till_attack.main}
VERSIONS = ("boto3", "botocore", "pydantic", "chalice", "cedarpy", "cryptography", "ortools")


def main() -> None:
    """Run the parts and print one line per comparison."""
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
        if code := report(PARTS[name]):
            raise SystemExit(code)


if __name__ == "__main__":
    main()
