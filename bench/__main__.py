"""`make bench`: every ratio of the project in one report; name parts to run only those."""

import importlib.metadata
import platform
import sys

from bench import cold, till, write_path
from bench.harness import say

PARTS = {"write-path": write_path.measure, "cold": cold.measure, "till": till.measure}
VERSIONS = ("boto3", "botocore", "pydantic", "chalice", "cedarpy", "cryptography")


def main() -> None:
    """Run the parts and print one line per comparison."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        raise SystemExit(f"No part is called {unknown[0]}; there are: {', '.join(PARTS)}.")
    say(f"Python {platform.python_version()}, {platform.machine()}, CPU time, side ÷ baseline")
    say(", ".join(f"{name} {importlib.metadata.version(name)}" for name in VERSIONS))
    say("An answer comes from a stub on this machine: nothing here is about network latency.")
    for name in wanted:
        say(f"\n{name}")
        for ratio in PARTS[name]():
            say(ratio.line())


if __name__ == "__main__":
    main()
