"""Russian texts by English code.

They live in catalogues, a service's `problems.toml` over the kernel's own. A table `[code]` has
`title` and `detail`, whose `{placeholders}` are facts of the error; `[validation]` has one
sentence per kind of wrong field. What a person may do instead is a code of the list of steps that
a service names as `[next_steps] list`.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from shared.data_files import read_toml
from shared.errors import Labels

ROOT = Path(__file__).resolve().parent.parent
KERNEL = "shared/problems.toml"


@cache
def _table(path: Path) -> dict[str, dict[str, str]]:
    return read_toml(path) if path.is_file() else {}


def _shown(value: object) -> object:
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, Labels):
        from shared.reference import code_lists  # only a refusal that names codes pays for it

        labels = code_lists.labels(value.of)
        return ", ".join(labels.get(code, code) for code in value.codes)
    return value


def _fill(text: str, facts: Mapping[str, object]) -> str:
    """Return a sentence with its facts; none at all rather than one with a hole."""
    try:
        return text.format_map({name: _shown(value) for name, value in facts.items()})
    except (KeyError, IndexError, ValueError):
        return ""


class Catalogue:
    """The texts of one service; its files are read when the first refusal needs them."""

    def __init__(self, *paths: str) -> None:
        self._paths = (*paths, KERNEL)

    def _find(self, table: str) -> dict[str, str] | None:
        found = (_table(ROOT / path).get(table) for path in self._paths)
        return next((entry for entry in found if entry is not None), None)

    def _word(self, table: str, name: str) -> str | None:
        tables = (_table(ROOT / path).get(table, {}) for path in self._paths)
        return next((words[name] for words in tables if name in words), None)

    def text(self, code: str, status: int, facts: Mapping[str, object]) -> tuple[str, str]:
        """Title and detail of a refusal; a code without a text speaks as its status."""
        entry = self._find(code) or self._find(f"status_{status}") or {}
        return _fill(entry.get("title", ""), facts), _fill(entry.get("detail", ""), facts)

    def has(self, code: str) -> bool:
        """Whether a code has a text of its own, not only one by its kind."""
        return self._find(code) is not None

    def codes(self, *, of_kernel: bool) -> set[str]:
        """Return the codes of the service's own refusals, and those of the kernel's."""
        tables = [_table(ROOT / path) for path in self._paths if of_kernel or path != KERNEL]
        found = {code for table in tables for code, entry in table.items() if "title" in entry}
        return {code for code in found if not code.startswith("status_")}

    def field_text(self, code: str, facts: Mapping[str, object]) -> str:
        """Return the sentence about one wrong field."""
        own = self._word("validation", code) or (self._find(code) or {}).get("detail")
        return _fill(own or self._word("validation", "other") or "", facts)

    @property
    def step_list(self) -> str | None:
        """The list of codes of what may be done next, where the catalogue names one."""
        return self._word("next_steps", "list")

    def step(self, verb: str) -> dict[str, str]:
        """Return a legal next step: its verb and, where the catalogue has one, its label."""
        from shared.reference import code_lists  # only a refusal that names steps pays for it

        label = code_lists.labels(self.step_list).get(verb) if self.step_list else None
        return {"action": verb} if label is None else {"action": verb, "title": label}
