"""Addresses, and the names of who trades there, in the one spelling in which they are compared.

The words for streets and houses are in `addresses.toml`.
"""

import hashlib
import re
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
    words = spelling(title).split()
    forms = _words()["forms"]
    return " ".join(word for word in words if word not in forms) or " ".join(words)


def legal_form(title: str) -> str:
    """Return the legal form that the name of a business says, or nothing."""
    forms = _words()["forms"]
    return next((word for word in spelling(title).split() if word in forms), "")


def legal_forms() -> list[str]:
    """Return all legal forms, spelled as those of names are."""
    return [*_words()["forms"]]


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
    short = {spelling(each): spelling(full) for full, of in found["short"].items() for each in of}
    lists = {name: dict.fromkeys(map(spelling, found[name]), "") for name in ("needless", "forms")}
    return {"short": short, **lists}
