"""Russian forms of the values in a text: a noun after a number, a first name in a case."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

CASES = ("genitive", "dative", "accusative", "instrumental", "prepositional")
FILE = Path(__file__).parent.with_name("grammar.toml")


def plural(number: str | int, one: str, few: str, many: str) -> str:
    """Return the form of a noun after a number: that of 1, 2 or 5; of 5 after none."""
    text = str(number).strip()
    if not text.removeprefix("-").isdecimal():
        return many
    last_two = abs(int(text)) % 100
    last = last_two % 10
    if last == 1 and last_two != 11:
        return one
    return few if 2 <= last <= 4 and not 12 <= last_two <= 14 else many


def in_case(name: str, case: str) -> str:
    """Return a name in a case (`dative` …); what is no Russian name stays as it is.

    A patronymic goes with its first name; of several other words none is changed.
    """
    words = name.split(" ")
    if len(words) == 2 and words[1].lower().endswith(tuple(_rules()["patronymic"])):
        return f"{_declined(words[0], case)} {_declined(words[1], case, 'MIDDLENAME')}"
    return _declined(name, case) if len(words) == 1 else name


def _declined(name: str, case: str, part: str = "FIRSTNAME") -> str:
    pieces, rules = name.split("-"), _rules()
    if len(pieces) > 1:
        return "-".join(_declined(piece, case, part) for piece in pieces)
    if len(name) < 2 or not name.isalpha():
        return name
    if name.lower() in rules["unchanged"] or name.lower() in rules["women"]:
        return name
    if name.isupper():
        return _declined(name.capitalize(), case, part).upper()
    if name.endswith(rules["in_iya"]["ending"]):
        return name.removesuffix(rules["in_iya"]["ending"]) + str(rules["in_iya"][case])
    from pytrovich.detector import PetrovichGenderDetector
    from pytrovich.enums import Case, NamePart
    from pytrovich.maker import PetrovichDeclinationMaker

    detector: Any = PetrovichGenderDetector()
    gender = detector.detect(**{part.lower(): name})
    maker: Any = PetrovichDeclinationMaker()
    return _spelled(name, maker.make(NamePart[part], gender, Case[case.upper()], name))


def _spelled(name: str, declined: str) -> str:
    """Return a declined name as the rules of spelling want it, which pytrovich forgets."""
    stem, rules = name[:-1], _rules()
    if declined == name or not declined.startswith(stem):
        return declined
    before, ending = stem[-1:].lower(), declined.removeprefix(stem)
    if before in rules["softening"]:
        ending = ending.replace(*rules["hard"])
    if before in rules["hushing"] and ending == rules["stressed"][0]:
        ending = rules["stressed"][1]
    return stem + ending


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
