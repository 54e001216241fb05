"""What the short cut for common text may not let through."""

import sys

from shared.api import json_guard


def test_no_forbidden_character_is_taken_for_common_text() -> None:
    letters = map(chr, range(sys.maxunicode + 1))
    forbidden = [letter for letter in letters if json_guard._forbidden().search(letter)]
    assert len(forbidden) > 2000
    assert all(json_guard.has_forbidden(f"а{letter}б") for letter in forbidden)
