"""How long a module and how full a folder may be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import pytest

from tests.guards.code import Module, modules

LINES = 250
MODULES = 12
# The kernel's leaves lie together, and what all services publish, however many there are.
FULLER = {"shared": 19, "shared/events": 20}


def too_large(found: Iterable[Module]) -> Iterator[str]:
    """Modules and folders over the limit, or over what they are allowed today."""
    lines, folders = _lines(found), _folders(found)
    yield from _over(lines, LINES, {}, "lines")
    yield from _over(folders, MODULES, FULLER, "modules")


def _lines(found: Iterable[Module]) -> dict[str, int]:
    return {module.path: module.text.count("\n") for module in found}


def _folders(found: Iterable[Module]) -> Counter[str]:
    paths = (module.path for module in found if module.file != "__init__.py")
    return Counter(path.rpartition("/")[0] for path in paths)


def _over(
    sizes: Mapping[str, int], limit: int, allowed: Mapping[str, int], unit: str
) -> Iterator[str]:
    for path, size in sizes.items():
        if size > allowed.get(path, limit):
            yield f"{path} has {size} {unit}, it may have {allowed.get(path, limit)}"


def test_no_module_is_too_long_and_no_folder_too_full() -> None:
    assert list(too_large(modules("services", "shared"))) == []


def test_what_is_larger_today_still_is() -> None:
    found = modules("services", "shared")
    folders = _folders(found)

    assert {path for path in FULLER if folders[path] <= MODULES} == set()


@pytest.mark.parametrize(
    ("path", "lines"), [("services/intake/use_cases.py", 251), ("services/intake/app.py", 634)]
)
def test_a_module_that_grows_too_long_is_noticed(path: str, lines: int) -> None:
    assert len(list(too_large([Module(path, "a = 1\n" * lines)]))) == 1


def test_a_folder_that_grows_too_full_is_noticed() -> None:
    found = [Module(f"services/intake/cases/m{number}.py", "") for number in range(13)]

    assert list(too_large(found)) == ["services/intake/cases has 13 modules, it may have 12"]
    assert list(too_large([*found[:-1], Module("services/intake/cases/__init__.py", "")])) == []
