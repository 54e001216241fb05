"""The question of the API and the answer of the function that solves the assignment.

Families and guardians are numbers here (their places in lists sorted by id), kinds of help are
codes: nothing about a person travels. Pairs are the bulk of it, so they are packed.
"""

from array import array
from base64 import b64decode, b64encode
from typing import Literal

from shared.domain import ValueObject

Method = Literal["flow", "program", "greedy"]


def packed(numbers: list[int]) -> str:
    """Pack numbers as signed 32 bits each, lowest byte first as on all machines of Lambda."""
    return b64encode(array("i", numbers).tobytes()).decode("ascii")


def unpacked(text: str) -> list[int]:
    """Return numbers as they were before they were packed."""
    numbers = array("i")
    numbers.frombytes(b64decode(text))
    return numbers.tolist()


class Newcomer(ValueObject):
    """A guardian that there is not: what would change if there were one."""

    places: int
    # the kinds that it gives, to any number of families
    kinds: list[str] = []
    # the families it could help and what each pair is worth, packed
    families: str
    worths: str


class Floor(ValueObject):
    """A group of families: at least so many of them should get a guardian, or a kind of help.

    What `least` is too much for is no fault: each family short takes the floor's worth.
    """

    families: list[int]
    least: int
    kind: str | None = None


class KindPrice(ValueObject):
    """What one more family would be worth that this guardian gives this kind of help."""

    guardian: int
    kind: str
    price: int


class Prices(ValueObject):
    """What one more place is worth, one more family of a limited kind, one family less in a floor.

    By linear-programming duality any such prices that are not negative bound every assignment.
    """

    places: list[int]
    kinds: list[KindPrice] = []
    # of each floor, or none
    floors: list[int] = []


class Gain(ValueObject):
    """What the best assignment gains by a newcomer; `proven` when both are known to be the best."""

    families: int
    value: int
    proven: bool = True


class Solution(ValueObject):
    """Who goes where, what that is worth less the floors missed, and what no answer can exceed."""

    # of each family: its guardian
    guardians: list[int | None]
    # families whose guardian has no room left for these kinds and helps with the others
    without: dict[int, list[str]]
    method: Method
    value: int
    bound: int
    prices: Prices
    # of each newcomer
    gains: list[Gain] = []


class Problem(ValueObject):
    """Who may go where, and what each pair is worth."""

    # of each guardian: how many families it takes, and each kind's own limit where it has one
    places: list[int]
    room: list[dict[str, int | None]]
    # of each family: the kinds it needs with what each adds to a pair's worth; how many pairs
    shares: list[dict[str, int]]
    choices: list[int]
    # of each pair, family after family, packed: the guardian, and what it is worth altogether
    guardians: str
    worths: str
    # of a pair, by its place among all: kinds that this guardian does not give to this family
    withheld: dict[int, list[str]] = {}
    # who should not be passed over, and what each family short of a floor takes from the whole
    floors: list[Floor] = []
    floor_worth: int = 0
    # guardians to be tried one by one, each beside all the others, and the answer without them
    newcomers: list[Newcomer] = []
    known: Solution | None = None
