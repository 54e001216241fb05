"""The texts of the agreement on taking part, by version: what was signed can be read for ever."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from shared.data_files import read_toml
from shared.domain import ValueObject

FILE = Path(__file__).with_name("participation.toml")


class ParticipationText(ValueObject):
    """One version of the text, with its SHA-256, which both sides sign."""

    template_version: str
    text: str
    text_hash: str


@cache
def texts() -> Mapping[str, ParticipationText]:
    """Return every version, the oldest first; the last one is signed today."""
    written = read_toml(FILE)
    return {
        version: ParticipationText(
            template_version=version,
            text=facts["text"],
            text_hash=hashlib.sha256(facts["text"].encode()).hexdigest(),
        )
        for version, facts in written.items()
    }


def current() -> ParticipationText:
    """Return the version that is signed today."""
    return list(texts().values())[-1]
