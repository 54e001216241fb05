"""Tables for people to open in a spreadsheet, whole or in parts: the one writer of services."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from shared.storage.files import Files

# Parts of a file that become one on the way.
GATHERED = 50
# Names the encoding to spreadsheets.
_MARK = b"\xef\xbb\xbf"
# How a cell begins that a spreadsheet may compute, in any layout; white space is left out there.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# What a spreadsheet takes for a day or another number: 5-12, 0123, 10E5; or shows as 1.2E+11.
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_TURNED = re.compile(rf"{_DAY}[-/.]{_MONTH}|{_DAY}[-/]{_MONTH}[-/]\d+|0\d+|\d+[eE]\d+|\d{{12,}}")


def head_of(columns: Sequence[str]) -> bytes:
    """Return how a file begins: the mark of its encoding, and its columns."""
    return _MARK + write_lines([columns])


def write_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Return lines of a file, ready for a spreadsheet: each cell stays the text that it is."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows(map(_as_text, row) for row in rows)
    return out.getvalue().encode()


def _as_text(cell: str) -> str:
    if cell.lstrip().startswith(_FORMULA):
        return f"'{cell}"
    return f'="{cell}"' if _TURNED.fullmatch(cell) else cell


class FileInParts:
    """A file that a job writes a part at each step, in a folder of its own.

    Now and then parts are gathered, so that the end has few to join.
    """

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._folder = folder

    def add(self, place: int, rows: Iterable[Sequence[str]]) -> None:
        """Write the lines of a step, or the same ones again."""
        self._files.write(self._part(place), write_lines(rows))
        bundle, last = divmod(place, GATHERED)
        if last == GATHERED - 1:
            self._files.write(self._bundle(bundle), self._gathered(bundle))

    def join(self, parts: int, columns: Sequence[str], name: str) -> None:
        """Write the whole file under its name, with a head of those columns."""
        bundles, rest = divmod(parts, GATHERED)
        # Those of a job that began before there were bundles are gathered now.
        gathered = (self._files.read(self._bundle(n)) or self._gathered(n) for n in range(bundles))
        last = self._joined(range(parts - rest, parts))
        self._files.write(f"{self._folder}/{name}", head_of(columns) + b"".join(gathered) + last)

    def keys(self, parts: int) -> list[str]:
        """Return the keys of what is written on the way, to delete it."""
        # A step whose commit was lost may have written one part more than is counted.
        bundles = map(self._bundle, range(parts // GATHERED + 1))
        return [*map(self._part, range(parts + 1)), *bundles]

    def _part(self, place: int) -> str:
        return f"{self._folder}/part-{place}.csv"

    def _bundle(self, place: int) -> str:
        return f"{self._folder}/bundle-{place}.csv"

    def _gathered(self, bundle: int) -> bytes:
        return self._joined(range(bundle * GATHERED, (bundle + 1) * GATHERED))

    def _joined(self, places: Iterable[int]) -> bytes:
        return b"".join(self._files.read(self._part(place)) or b"" for place in places)
