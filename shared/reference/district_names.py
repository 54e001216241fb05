"""Names of districts as offices write them: with the word for a district, another one, or none."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from shared.office_values import LOOK_ALIKES, WORDS

_NO_WORD = re.compile(r"[\W_]+")
# The word for a district after that, however it is shortened.
_DISTRICT = re.compile(r"\bp(?:aйo|-o|-)?h\b")
# What stands between a district and what else is said of the place.
_PARTS = re.compile(r"[,;()/]|\s[-–—]\s")
# Office tables mix alphabets, and write one letter with its dots or without.
_ALIKE = LOOK_ALIKES | {0x451: "e"}


def spelling(text: str) -> str:
    """Return a text without what people vary: case, signs, spaces, look-alike letters."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    return _NO_WORD.sub(" ", _DISTRICT.sub("ph", plain)).strip()


def meant(text: str, names: Mapping[str, Sequence[str]], around: str) -> list[str]:
    """Return the codes of the districts that a text may mean; several where it is not clear.

    `names` has all spellings of each district by its code, `around` is the region's title.
    """
    parts = [text, *(part for part in _PARTS.split(text) if part.strip())]
    region = _bare(around)
    for index, part in enumerate(parts):
        found = _named(part, names)
        others = (other for at, other in enumerate(parts) if index and at not in (0, index))
        if found and all(_bare(each) == region or _named(each, names) == found for each in others):
            return found
    return []


def _named(text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the codes of the districts of that very name, else of its adjective alone."""
    whole, (kind, bare) = spelling(text), _split(text)
    if not whole:
        return []
    same = [code for code, known in names.items() if whole in map(spelling, known)]
    if same or not bare:
        return same
    return [code for code, known in names.items() if any(_fits(kind, bare, each) for each in known)]


def _fits(kind: str, bare: str, name: str) -> bool:
    """Return whether a name is meant by what is written of it: no other kind of place is."""
    known_kind, known = _split(name)
    return bare == known and ("" in (kind, known_kind) or kind == known_kind)


def _bare(text: str) -> str:
    return _split(text)[1]


def _split(text: str) -> tuple[str, str]:
    """Return the kind of place that a name says, if it does, and the rest of it."""
    kind, rest = "", spelling(text)
    for word, of in _kinds():
        cut = rest.removeprefix(f"{word} ").removesuffix(f" {word}")
        if cut != rest:
            kind, rest = kind or of, cut
    return kind, rest


@cache
def _kinds() -> tuple[tuple[str, str], ...]:
    """Return the words for kinds of places, the longest first."""
    return tuple(sorted(_spelled_kinds(), key=lambda pair: len(pair[0]), reverse=True))


def _spelled_kinds() -> Iterator[tuple[str, str]]:
    for kind, words in WORDS["places"].items():
        for word in words:
            yield spelling(word), "" if kind == "any" else kind
