"""Addresses, and the names of who trades there, in the one spelling in which they are compared.

The words for streets and houses are in `addresses.toml`.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from shared.data_files import read_toml
from shared.reference.district_names import spelling

_WORD = re.compile(r"[^\W\d_]+|\d+")


def mark_of(address: str) -> str:
    """Return a mark that an address has, whatever words, case and signs it is written with."""
    plain = _same_words(spelling(address))
    return hashlib.blake2b(plain.encode(), digest_size=6).hexdigest()


def trade_name(title: str) -> str:
    """Return the name of a business without its legal form."""
    return _parts_of(title)[1]


def legal_form(title: str) -> str:
    """Return the legal form that the name of a business says, or nothing."""
    return _parts_of(title)[0]


def legal_forms() -> list[str]:
    """Return all legal forms, spelled as those of names are."""
    return [*dict.fromkeys(_words()["forms"].values())]


def _parts_of(title: str) -> tuple[str, str]:
    said, forms = f" {spelling(title)} ", _words()["forms"]
    for full, short in forms.items():
        said = said.replace(f" {full} ", f" {short} ")
    words, short_ones = said.split(), {*forms.values()}
    name = " ".join(word for word in words if word not in short_ones) or " ".join(words)
    return next((word for word in words if word in short_ones), ""), name


def _same_words(plain: str) -> str:
    """Return an address without needless words; what follows a number is a part of that."""
    words, said = _words(), f" {' '.join(_WORD.findall(plain))} "
    for short, full in words["short"].items():
        said = said.replace(f" {short} ", f" {full} ")
    pairs = pairwise(["", *said.split()])
    needed = (word for before, word in pairs if before.isdecimal() or word not in words["needless"])
    return " ".join(needed)


@cache
def _words() -> dict[str, dict[str, str]]:
    """Return the lists of words, each in the spelling in which texts are compared."""
    found = read_toml(Path(__file__).with_suffix(".toml"))
    return {
        "short": _by_spelling(found["short"]),
        "forms": _by_spelling({form: [form, *full] for form, full in found["forms"].items()}),
        "needless": dict.fromkeys(map(spelling, found["needless"]), ""),
    }


def _by_spelling(lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the word that is meant by each way to write it, the longest first."""
    found = {spelling(each): spelling(meant) for meant, of in lists.items() for each in of}
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))
