"""Speaks to the platform that another process runs: tokens, calls, the lines of an id."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local_platform.emulator import CannotStart, Emulator
from infra.local_platform.platform import LocalPlatform
from infra.local_platform.saved_state import announced, kept_ports


def attach(state: Path) -> LocalPlatform:
    """Return the platform that another process runs on that state, for its tokens and logs."""
    platform = LocalPlatform(state)
    url, ports = announced(state / "ready.json"), kept_ports(state / "ports.json")
    if not (url and ports):
        raise CannotStart("No platform has been started yet; run `make run` in another window.")
    platform.url = url
    platform.emulator = Emulator(state, ports["emulator"])
    if not platform.emulator.answers():
        raise CannotStart("The platform does not run now; run `make run` in another window.")
    stacks = platform.client("cloudformation").describe_stacks(StackName="ryadom-platform")
    outputs = stacks["Stacks"][0]["Outputs"]
    platform.facts = {each["OutputKey"]: each["OutputValue"] for each in outputs}
    return platform


def follow(platform: LocalPlatform, correlation_id: str) -> Iterator[dict[str, Any]]:
    """Return the lines of an id as they come, without an end."""
    seen: set[tuple[Any, ...]] = set()
    while True:
        for event in platform.logs(correlation_id):
            # The emulator gives its lines no id.
            line = tuple(event[name] for name in ("group", "logStreamName", "timestamp", "message"))
            if line not in seen:
                seen.add(line)
                yield event
        time.sleep(1)
