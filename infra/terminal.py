"""Speaks with the person at the terminal."""

import sys


def say(text: str) -> None:
    """Tell the person a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def agreed(question: str) -> bool:
    """Take a y for yes; silence and the end of input are a no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
