"""The id of a holder, and what a commit changes of one."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared import keyring
from shared.ids import from_bytes
from shared.storage.rows import Row, UniqueName

C = TypeVar("C")
File = tuple[str, str]  # region, number


@dataclass(frozen=True, slots=True)
class HolderChange(Generic[C]):
    """What a commit does to a holder beside its own aggregate.

    `other` is the living card of another person who has the phone.
    """

    rows: tuple[Row, ...] = ()
    unique: tuple[UniqueName, ...] = ()
    release: tuple[UniqueName, ...] = ()
    other: C | None = None


UNCHANGED: HolderChange[Any] = HolderChange()


def holder_id(region: str, file_number: str) -> str:
    """Return the id of the person of a file number: the same for every card she ever has."""
    digest = keyring.from_env().sign("holder", f"{region}|{file_number}".encode())
    return from_bytes("hld", digest[:16])
