"""What a stage changes in open lists of codes: `infra/stages/STAGE/code_lists.toml`, checked."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from infra.configuration.regions import STAGES, Unfit, written
from shared.privacy.contact import Line
from shared.reference.code_lists import Code, CodeList, ListChanges, StageLists, shipped

FILE = "code_lists.toml"
NewCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Labels(_Written):
    """What a new code is called."""

    ru: Annotated[Line, Field(pattern="[А-Яа-яЁё]")]
    en: Annotated[Line, Field(pattern="[A-Za-z]")]


class ListFile(_Written):
    """What the file says about one list."""

    add: Mapping[NewCode, Labels] = {}
    retire: tuple[str, ...] = ()

    def changes(self) -> ListChanges:
        """Return the changes as services read them."""
        added = {code: Code(ru=each.ru, en=each.en) for code, each in self.add.items()}
        return ListChanges(add=added, retire=self.retire)


_FILES = TypeAdapter(dict[str, ListFile])


def read_code_lists(stage: str, folder: Path = STAGES) -> StageLists:
    """Return what a stage changes, nothing without a file; raise Unfit with every fault found."""
    path = folder / stage / FILE
    if not path.is_file():
        return StageLists()
    try:
        lists = _FILES.validate_python(written(path))
    except ValidationError as error:
        places = ((".".join(map(str, each["loc"])), each["msg"]) for each in error.errors())
        raise Unfit("\n".join(f"{FILE}: {place}: {why}" for place, why in places)) from None
    changes = {name: each.changes() for name, each in lists.items()}
    faults = [f"{FILE}: {fault}" for name in changes for fault in _faults(name, changes[name])]
    if faults:
        raise Unfit("\n".join(faults))
    return StageLists(lists=changes)


def _faults(name: str, changes: ListChanges) -> Iterator[str]:
    found = shipped().get(name)
    if found is None:
        yield f"{name}: no such list; known are {', '.join(_open())}"
    elif not found.open:
        yield f"{name}: the list is closed; open are {', '.join(_open())}"
    else:
        yield from _faults_of(found, changes)


def _faults_of(found: CodeList, changes: ListChanges) -> Iterator[str]:
    for code in changes.add.keys() & found.codes.keys():
        yield f"{found.name}.add.{code}: the list has this code already"
    after = found.extended(changes)
    for code in changes.retire:
        if code not in after.codes:
            yield f"{found.name}.retire: {code} is no code of the list"
    if not after.active:
        yield f"{found.name}.retire: no code would be left"


def _open() -> list[str]:
    return [name for name, each in shipped().items() if each.open]


def changed_codes(before: StageLists, after: StageLists) -> Iterator[str]:
    """Yield what would change in the lists, a line each."""
    for name in sorted(before.lists.keys() | after.lists.keys()):
        old, new = _of(before, name), _of(after, name)
        for code in sorted(old.add.keys() | new.add.keys()):
            if code not in old.add:
                yield f"+ code {name}.{code} {new.add[code].ru}"
            elif code in new.add and old.add[code] != new.add[code]:
                yield f"~ code {name}.{code}: labels"
        for code in sorted({*old.retire} ^ {*new.retire}):
            yield f"~ code {name}.{code}: {'retired' if code in new.retire else 'active again'}"


def lost_codes(before: StageLists, after: StageLists) -> list[str]:
    """Return the codes whose labels a stage would forget: rows may hold them."""
    return sorted(
        f"{name}.{code}"
        for name, changes in before.lists.items()
        for code in changes.add.keys() - _of(after, name).add.keys() - _shipped_codes(name)
    )


def _of(lists: StageLists, name: str) -> ListChanges:
    return lists.lists.get(name, ListChanges())


def _shipped_codes(name: str) -> set[str]:
    found = shipped().get(name)
    return set() if found is None else set(found.codes)
