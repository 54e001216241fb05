"""Speaks with the person at the terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """Tell the person a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def agreed(question: str) -> bool:
    """Take a y for yes; silence, the end of input and Ctrl-C are a no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        say("")
        return False


@contextmanager
def in_a_sentence(*foreseen: type[Exception]) -> Iterator[None]:
    """End a command that fails as foreseen, or is broken off, with a sentence."""
    try:
        yield
    except foreseen as refusal:
        raise SystemExit(str(refusal)) from None
    except KeyboardInterrupt:
        raise SystemExit(
            "\nBroken off. What the cloud has begun it may end by itself; then run this again."
        ) from None
