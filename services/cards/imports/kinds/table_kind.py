"""A kind of table: its columns, and how a row that is refused is put into words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shared.data_files import read_toml
from shared.errors import DomainError, Invalid
from shared.message_catalogue import Catalogue
from shared.office_values import LOOK_ALIKES, WORDS, says_none
from shared.privacy.contact import has_mobile
from shared.reference import regions
from shared.storage.command_context import Receipt
from shared.storage.office_tables import Cells, Column, Kind, is_failed
from shared.table_imports.domain import RowProblem
from shared.table_imports.shown import ends, has_several, is_contact, may_name, short
from shared.table_imports.steps import refusal_of

CATALOGUE = Catalogue("services/cards/problems.toml")
NAME, PHONE, DISTRICT = "name", "phone", "district_id"
_NUMBER = re.compile(r"\d")
# A number of children: a year is none.
_MANY = re.compile(r"0*[1-9]\d?(?:[.,]0+)?")
_CHILDREN = re.compile(rf"(?<=\d)\s*(?:{'|'.join(WORDS['children'])})$")
_REMARK = re.compile(r"\([^()]*\)")


@dataclass(frozen=True)
class TableKind:
    """What is looked for in a table; `key` is the column by which a clerk knows a row.

    Without a phone, what a row gives is handed over `on_paper`. Values of `personal` columns, and
    what may be personal in others, are shown with most of their signs hidden: what is refused is
    kept in rows and files that hold no personal data.
    """

    words_file: Path
    key: str
    required: tuple[str, ...]
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    on_paper: bool = True
    action: str = "issue_card"
    makes_part: bool = False

    @cached_property
    def words(self) -> dict[str, Any]:
        """How offices call the columns, the words of cells and of refusals."""
        return read_toml(self.words_file)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns, for the reader of office tables."""
        return tuple(
            Column(
                name, self._titles(name, said), self.kinds.get(name, "text"), name in self.required
            )
            for name, said in self.words["columns"].items()
        )

    def _titles(self, name: str, said: Sequence[str]) -> tuple[str, ...]:
        """Return how a column may be called; that of a person also says whose it is."""
        whose = self.words.get("whose", ()) if self.kinds.get(name) == "person" else ()
        return (*said, *(f"{title} {who}" for title in said for who in whose))

    def columns_in(self, region: str) -> list[Column]:
        """Return the columns; headings may name the districts of a region for the rows below."""
        known = regions.region(region).spellings
        return [
            replace(each, headings=known) if each.name == DISTRICT else each
            for each in self.columns
        ]

    def made_by(self, receipt: Receipt) -> str:
        """Return the id of what a row made; the receipt of a whole names its new part by number."""
        return (receipt.number if self.makes_part else receipt.id) or ""

    def is_on_paper(self, cells: Cells) -> bool:
        """Whether what a row gives is handed over on paper, for want of a phone."""
        return self.on_paper and PHONE not in cells

    def note(self, cells: Cells) -> str:
        """Return what a clerk reads of a row that is done: that a phone of no name is left out."""
        left_out = PHONE in cells and NAME not in cells
        return str(self.words["result"].get("unnamed_phone", "")) if left_out else ""

    def is_yes(self, text: str) -> bool:
        """Whether a cell says yes, or how many there are; a remark in brackets changes nothing."""
        said = _CHILDREN.sub("", _REMARK.sub("", text).lower().strip(" .!"))
        alike = said.translate(LOOK_ALIKES) in self._yes and len(said) > 1
        return said in self.words["words"]["yes"] or alike or _MANY.fullmatch(said) is not None

    @cached_property
    def _yes(self) -> frozenset[str]:
        return frozenset(word.translate(LOOK_ALIKES) for word in self.words["words"]["yes"])

    def filled(self, cells: Cells) -> Cells:
        """Return the cells of a row without a name or phone that only says that there is none."""
        none = {name for name in (NAME, PHONE) if says_none(cells.get(name, ""))}
        return {name: text for name, text in cells.items() if name not in none}

    def _shown_cell(self, field: str, text: str) -> str:
        return self.shown_key(text) if field == self.key else self.shown(field, text)

    def shown(self, field: str, text: str) -> str:
        """Return a cell as it was read, short; of a personal one only its ends."""
        if is_failed(text) or not (field in self.personal or self._may_be_personal(text)):
            return short(text)
        return ends(text)

    def shown_key(self, text: str) -> str:
        """Return what a clerk knows a refused row by; what is no number of a file is hidden.

        So is a cell that has several in it.
        """
        if has_several(text):
            return ends(text)
        plain = _NUMBER.search(text) and not self._may_be_personal(text)
        return short(text) if plain else self.shown(self.key, text)

    def _may_be_personal(self, text: str) -> bool:
        """Return whether a cell may be of another column: a contact, or a name among numbers."""
        return is_contact(text) or (self.key in self.personal and may_name(text))

    @cached_property
    def _fields(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns)

    def problem(
        self,
        line: int,
        cells: Cells,
        titles: Mapping[str, str],
        error: ValidationError | DomainError,
    ) -> RowProblem:
        """Return what is wrong with a row."""
        field, code, facts = refusal_of(error, self._fields)
        about = field if field in self._fields else self.words["about"].get(code, "")
        read = cells.get(about, "")
        return RowProblem(
            line=line,
            column=self._title(about, titles),
            code=code,
            reason=self._reason(about, read, code, facts),
            read=self._shown_cell(about, read) if read else None,
        )

    def _reason(self, field: str, read: str, code: str, facts: Mapping[str, object]) -> str:
        """Return what is wrong; a text for any field gets what is right in this column."""
        text = self.words.get("instead", {}).get(code) or CATALOGUE.field_text(code, facts)
        if CATALOGUE.has(code):
            return text
        if field and not read:
            text = self.words["empty"]
        return " ".join(filter(None, (text, self.words["right"].get(field))))

    def _title(self, field: str, titles: Mapping[str, str]) -> str | None:
        """Return a column as the file calls it, or as it might have called it."""
        if field in titles:
            return titles[field]
        return next((each.titles[0] for each in self.columns if each.name == field), None)


def require_no_phone(cells: Cells, *fields: str) -> None:
    """Refuse a phone in another column: it would be lost there, or even be public."""
    for name in fields:
        if has_mobile(cells.get(name, "")):
            raise Invalid("phone_in_other_column", f"/{name}")
