"""The questionnaires of this release: `questionnaires.toml`, one table per code and version."""

from functools import cache
from pathlib import Path
from typing import Self

from services.notifications.questionnaires.domain import Questionnaire
from shared.data_files import read_toml
from shared.errors import NotFound
from shared.reference import code_lists

FILE = Path(__file__).with_name("questionnaires.toml")


class Questionnaires:
    """All questionnaires, by code and version."""

    def __init__(self, known: dict[tuple[str, int], Questionnaire]) -> None:
        self._known = known

    @classmethod
    def connect(cls) -> Self:
        """Return the questionnaires of this release, read once per container."""
        return cls(_read())

    def latest(self, code: str) -> Questionnaire:
        """Return the version that new forms have; raises NotFound."""
        versions = [version for name, version in self._known if name == code]
        if not versions:
            raise NotFound("questionnaire")
        return self._known[code, max(versions)]

    def get(self, code: str, version: int) -> Questionnaire:
        """Return one version; raises NotFound."""
        found = self._known.get((code, version))
        if found is None:
            raise NotFound("questionnaire")
        return found

    def all_latest(self) -> list[Questionnaire]:
        """Return the version in use of each questionnaire, by code."""
        return [self.latest(code) for code in sorted({name for name, _ in self._known})]


def codes_of(questionnaire: Questionnaire) -> dict[str, tuple[str, ...]]:
    """Return the codes of the lists that a questionnaire asks from."""
    lists = {each.choices for each in questionnaire.questions if each.choices}
    return {name: tuple(code_lists.choices(name)) for name in lists}


@cache
def _read() -> dict[tuple[str, int], Questionnaire]:
    document = read_toml(FILE)
    return {
        (code, int(version)): Questionnaire(code=code, version=int(version), **entry)
        for code, versions in document.items()
        for version, entry in versions.items()
    }
