"""What the parts of XML workbooks say that the library leaves out: of XLSX, and of ODS.

The parser is the standard library's. It keeps a few rows at a time, and it refuses what is no XML,
or what its entities make too long.
"""

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import chain
from typing import IO, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from shared.office_values import WORDS, NumberFormat, number_format
from shared.storage.office_tables.columns import MAX_ROWS, Unseen

_WHOLE = re.compile(r"(\d{1,30})(?:\.0{1,30})?")
_YES, _NO = ("1", "true"), ("0", "false")
_NOTHING = re.compile(r"0(?:\.0+)?")
_LAST_COLUMN = 16_384
_PIECE = 16 * 1024
# A thousand is shown with spaces: they say no more.
_NO_MORE = re.compile(r"[\d\s.,]*")
_HIDDEN = ("filter", "collapse")
# Cells that may say more than a value: an error, a text with fonts of its own.
_SPEAKING = {"e", "inlineStr"}


class Styles(NamedTuple):
    """By number of a style, what it shows beside a number; the styles that are struck out."""

    shown: Mapping[str | None, NumberFormat]
    struck: frozenset[str | None]


def elements(part: IO[bytes], *names: str) -> Iterator[tuple[str, Element]]:
    """Yield the elements of these names, in whatever edition of a format, as each of them ends."""
    wanted = dict[str, str]()
    for _, element in ElementTree.iterparse(part):
        name = wanted.get(element.tag)
        if name is None:  # once for each of the few names that a format has
            name = wanted[element.tag] = _name(element.tag)
        if name in names:
            yield name, element
            element.clear()


def _within(part: IO[bytes], groups: str) -> Iterator[Element]:
    """Yield the elements of these groups of a part, each when the next one has begun.

    The parser builds them on its own: an event of each cell would take half as long again.
    """
    builder = ElementTree.TreeBuilder()
    root = builder.start("part", {})
    parser = ElementTree.XMLParser(target=builder)
    while piece := part.read(_PIECE):
        parser.feed(piece)
        for group in root.iterfind(groups):
            yield from group[:-1]
            del group[:-1]
    parser.close()
    yield from chain.from_iterable(root.iterfind(groups))


def styles_of(part: IO[bytes]) -> Styles:
    """Return what is special in the styles of a workbook."""
    formats: dict[str | None, NumberFormat] = {}
    fonts, shown, struck = set[str | None](), dict[str | None, NumberFormat](), set[str | None]()
    for group in _within(part, "*"):
        name = _name(group.tag)
        for at, each in enumerate(group):
            if name == "numFmts" and (form := number_format(each.get("formatCode", ""))):
                formats[each.get("numFmtId")] = form
            elif name == "fonts" and _is_struck(each):
                fonts.add(str(at))
            elif name == "cellXfs":
                if found := formats.get(each.get("numFmtId")):
                    shown[str(at)] = found
                if each.get("fontId") in fonts:
                    struck.add(str(at))
    return Styles(shown, frozenset(struck))


def struck_texts(part: IO[bytes]) -> frozenset[str]:
    """Return which of the texts that cells share are struck out in part."""
    texts = enumerate(_within(part, "*"))
    return frozenset(str(at) for at, text in texts if _is_struck(text))


def unseen_of_sheet(part: IO[bytes], styles: Styles, texts: frozenset[str], margin: int) -> Unseen:
    """Return what the sheet of an XLSX does not show, and what only its formats show."""
    unseen, number, special = Unseen.nothing(), 0, any((*styles, texts))
    for element in _within(part, "*/*"):
        name = _name(element.tag)
        if name == "col" and _is_hidden(element, "width"):
            first, last = int(element.attrib["min"]), int(element.attrib["max"])
            unseen.columns.update(range(first - 1 - margin, min(last, _LAST_COLUMN) - margin))
        if name != "row":
            continue
        # A row that has no number follows the one before.
        number = int(element.get("r") or number + 1)
        if _is_hidden(element, "ht"):
            unseen.rows.add(number)
        space = element.tag.removesuffix(name)
        has_formulas = next(element.iter(f"{space}f"), None) is not None
        if not (special or has_formulas or _SPEAKING & {cell.get("t") for cell in element}):
            continue  # a row like most
        for at, cell in enumerate(element):
            kind, style = cell.get("t", "n"), cell.get("s")
            form = styles.shown.get(style)
            said = ""
            is_struck = style in styles.struck or (kind == "inlineStr" and _is_struck(cell))
            if kind == "e" or form or has_formulas:
                said = _said(cell, space, kind, form)
            if kind == "s" and texts:
                is_struck = is_struck or cell.findtext(f"{space}v") in texts
            if said or is_struck:
                place = _place(cell.get("r"), at) - margin
                unseen.say(number, place, said, is_struck=is_struck)
    return unseen


def _is_hidden(element: Element, size: str) -> bool:
    return element.get("hidden") in _YES or bool(_NOTHING.fullmatch(element.get(size, "")))


def _is_struck(text: Element) -> bool:
    return any(_name(each.tag) == "strike" and each.get("val") not in _NO for each in text.iter())


def _said(cell: Element, space: str, kind: str, form: NumberFormat | None) -> str:
    """Return what a cell says beside its value: an error, a formula without one, signs."""
    value = cell.findtext(f"{space}v")
    if kind == "e":
        return "" if value is None else value or str(WORDS["errors"][0])
    # A program that does not count wrote it, and whoever opens the file sees a value. Some write
    # a value without a word; of a text (`str`) it would be one.
    is_counted = bool(value) or (value == "" and kind == "str")
    if not is_counted and cell.find(f"{space}f") is not None:
        return str(WORDS["errors"][0])
    whole = _WHOLE.fullmatch(value or "") if form and kind == "n" else None
    return form.show(whole[1]) if form and whole else ""


def _place(reference: str | None, at: int) -> int:
    """Return the number of a column, from 0; cells that name none are in order."""
    letters = (reference or "").rstrip("0123456789")
    found = reduce(lambda place, letter: place * 26 + ord(letter) - 64, letters, 0)
    return found - 1 if letters else at


def unseen_of_open(document: IO[bytes], sheet: str, margin: int) -> Unseen:
    """Return the same of a sheet of an open document; raises KeyError."""
    unseen, row, column = Unseen.nothing(), 1, -margin
    struck = set[str | None]()
    for name, element in elements(document, "style", "table-column", "table-row", "table"):
        match name:
            case "style":
                lines = (_attribute(each, "text-line-through-style") for each in element)
                if any(line not in (None, "none") for line in lines):
                    struck.add(_attribute(element, "name"))
            case "table-column":
                past = column + _repeated(element, "columns")
                if _attribute(element, "visibility") in _HIDDEN:
                    unseen.columns.update(range(column, min(past, column + MAX_ROWS)))
                column = past
            case "table-row":
                past = row + _repeated(element, "rows")
                _look_at_open(
                    element, range(row, min(past, row + MAX_ROWS)), unseen, struck, margin
                )
                row = past
            case _ if _attribute(element, "name") == sheet:
                return unseen
            case _:
                unseen, row, column = Unseen.nothing(), 1, -margin
    raise KeyError(sheet)


def _look_at_open(
    row: Element, numbers: range, unseen: Unseen, struck: set[str | None], margin: int
) -> None:
    """Note what a row of an open document, repeated in all of these, does not show."""
    if _attribute(row, "visibility") in _HIDDEN:
        unseen.rows.update(numbers)
    at = -margin
    for cell in row:
        said = _said_in_open(cell)
        is_struck = bool(struck) and any(
            _attribute(each, "style-name") in struck for each in cell.iter()
        )
        for number in numbers if said or is_struck else ():
            unseen.say(number, at, said, is_struck=is_struck)
        at += _repeated(cell, "columns")


def _said_in_open(cell: Element) -> str:
    """Return what a cell shows, where that is no value of it: an error, or signs at a number.

    A formula that no program has counted has no kind of value, and is an error too.
    """
    kinds = {value for name, value in cell.items() if _name(name) == "value-type"}
    if not kinds and _attribute(cell, "formula"):
        return str(WORDS["errors"][0])
    if not kinds & {"error", "float"}:
        return ""
    # A remark to a cell is none of its own texts.
    shown = "\n".join("".join(each.itertext()) for each in cell if _name(each.tag) == "p")
    number = "".join(filter(str.isdecimal, shown)).lstrip("0") or "0"
    is_more = shown[:1] == "0" != shown or not _NO_MORE.fullmatch(shown)
    is_shown = is_more and number == _attribute(cell, "value")
    return shown if "error" in kinds or is_shown else ""


def _repeated(element: Element, what: str) -> int:
    return int(_attribute(element, f"number-{what}-repeated") or 1)


def _attribute(element: Element, name: str) -> str | None:
    return next((value for key, value in element.items() if _name(key) == name), None)


def _name(qualified: str) -> str:
    """Return a name without the edition of its format."""
    return qualified.rpartition("}")[2]
