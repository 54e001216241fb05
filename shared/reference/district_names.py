"""Names of districts as offices write them: with the word for a district, another one, or none."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from shared.office_values import LOOK_ALIKES, ONE_STROKE, WORDS

_NO_WORD = re.compile(r"[\W_]+")
# The word for a district after that, however it is shortened.
_DISTRICT = re.compile(r"\bp(?:aйo|-o|-|/)?h\b")
# The same within a sentence, and how an adjective before it ends.
_OF_DISTRICT = re.compile(r"\bpaйoh(?:a|y|e|om)\b")
_ENDING = re.compile(r"(?:oгo|omy|om|ыm|иm|ый|ий|oй)\b")
# What stands between a district and what else is said of the place.
_PARTS = re.compile(r"[,;()]|\s[-–—/]\s")
_ALIKE = LOOK_ALIKES | ONE_STROKE


def spelling(text: str) -> str:
    """Return a text without what people vary: case, signs, spaces, look-alike letters."""
    return _NO_WORD.sub(" ", _DISTRICT.sub("ph", _alike(text))).strip()


def _alike(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)


# The names of districts come back with each row of a table.
_spelled = lru_cache(4096)(spelling)


def meant(text: str, names: Mapping[str, Sequence[str]], around: str) -> list[str]:
    """Return the codes of the districts that a text may mean; several where it is not clear.

    `names` has all spellings of each district by its code, `around` is the region's title. What
    else is said of the place changes nothing, unless it is another district.
    """
    if whole := _named(text, names):
        return whole
    parts = [part for part in _PARTS.split(_with_code_split_off(text, names)) if part.strip()]
    found = [codes for part in parts if (codes := _named(part, names))]
    says_district = any(map(_says_district, parts)) or len(parts) == len(found)
    region = _split(around)[1]
    alone = len(parts) - sum(_split(part)[1] == region for part in parts) == len(found)
    return (
        found[0]
        if found and found.count(found[0]) == len(found) and (says_district or alone)
        else []
    )


def _with_code_split_off(text: str, names: Mapping[str, Sequence[str]]) -> str:
    """Return a text with a comma between the code of a district and its name."""
    words = text.split()
    for place, rest in ((0, words[1:]), (-1, words[:-1])):
        if rest and words[place].strip(".:-") in names:
            return f"{words[place].strip('.:-')}, {' '.join(rest)}"
    return text


def _says_district(text: str) -> bool:
    return _split(text)[0] == "district"


def _named(text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the codes of the districts of that very name, else of its adjective alone."""
    whole, (kind, bare) = spelling(text), _split(text)
    same = [code for code, known in names.items() if whole in map(_spelled, known)]
    if same or not bare:
        return same
    return [code for code, known in names.items() if any(_fits(kind, bare, each) for each in known)]


def _fits(kind: str, bare: str, name: str) -> bool:
    """Return whether a name is meant by what is written of it: no other kind of place is."""
    known_kind, known = _split(name)
    return bare == known and ("" in (kind, known_kind) or kind == known_kind)


@lru_cache(4096)
def _split(text: str) -> tuple[str, str]:
    """Return the kind of place that a name says, if it does, and the rest of it."""
    kind, rest = "", spelling(_OF_DISTRICT.sub("ph", _alike(text)))
    for word, of in _kinds():
        cut = rest.removeprefix(f"{word} ").removesuffix(f" {word}")
        if cut != rest:
            kind, rest = kind or of, cut
    return kind, _ENDING.sub("", rest)


@cache
def _kinds() -> tuple[tuple[str, str], ...]:
    """Return the words for kinds of places, the longest first."""
    return tuple(sorted(_spelled_kinds(), key=lambda pair: len(pair[0]), reverse=True))


def _spelled_kinds() -> Iterator[tuple[str, str]]:
    for kind, words in WORDS["places"].items():
        for word in words:
            yield spelling(word), "" if kind == "any" else kind
