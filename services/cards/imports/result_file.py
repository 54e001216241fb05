"""The result of a table: what its lines say, and which of them are codes on paper."""

import csv
import io
from typing import NamedTuple

from services.cards.imports.domain import Batch
from services.cards.imports.kinds.table_kind import TableKind
from services.cards.imports.values import HELD
from shared.storage.command_context import Receipt
from shared.storage.office_tables import Cells
from shared.storage.office_tables.columns import said
from shared.table_imports.domain import RowProblem


class PaperLine(NamedTuple):
    """A card without a phone to send its code to: its line, file number and id."""

    line: str
    key: str
    card_id: str


def line_of(
    batch: Batch, kind: TableKind, line: int, cells: Cells, outcome: Receipt | RowProblem
) -> list[str]:
    """Return what a row gave: the card, or the reason why there is none or why it waits."""
    words, key = kind.words["result"], cells.get(kind.key, "")
    if isinstance(outcome, RowProblem):
        where = [outcome.column or "", outcome.read or "", outcome.reason]
        nothing = ["", ""] if kind.on_paper else [""]
        return [str(line), kind.shown_key(key), words["refused"], *nothing, *where]
    made = "" if batch.dry_run else kind.made_by(outcome)
    if outcome.status == HELD:
        return [str(line), key, words["held"], made, "", "", "", words["why_held"]]
    done = words["would_issue" if batch.dry_run else "issued"]
    way = [words["on_paper" if kind.is_on_paper(cells) else "by_message"]] if kind.on_paper else []
    return [str(line), key, done, made, *way, "", "", kind.note(cells)]


def on_paper(lines: bytes, kind: TableKind) -> list[PaperLine]:
    """Return those lines of a result whose codes are handed over on paper."""
    found = csv.reader(io.StringIO(lines.decode("utf-8-sig"), newline=""), delimiter=";")
    mark = kind.words["result"]["on_paper"]
    return [
        PaperLine(line[0], said(line[1]), line[3]) for line in found if line[3] and line[4] == mark
    ]
