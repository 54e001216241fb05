"""What containers that were restored from one snapshot must not share."""

import random


def part_after_restore() -> None:
    """Let each restored container draw random numbers of its own, so that retries do not meet.

    Secrets need none of it: they come from the system. Clients and their connections are made on
    first use, which no snapshot sees.
    """
    try:
        from snapshot_restore_py import register_after_restore  # type: ignore[import-not-found]
    except ImportError:  # part of Lambda's runtime only
        return
    register_after_restore(random.seed)
