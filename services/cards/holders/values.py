"""The id of a holder, and what a commit changes of one."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Generic, TypeVar

from shared import clock, keyring
from shared.ids import from_bytes
from shared.storage.rows import Row, UniqueName

C = TypeVar("C")
File = tuple[str, str]  # region, number
STOLEN = "stolen"  # who has a phone that was taken from its holder because it is in other hands
_STOLEN_KEPT = timedelta(days=365)


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


def phone_name(contact: str, owner: str) -> UniqueName:
    """Return the name of a phone that proves one holder."""
    return UniqueName(f"contact|{contact}", owner)


def phone_names(contact: str | None, owner: str) -> list[UniqueName]:
    """Return the name of a phone, if there is one."""
    return [phone_name(contact, owner)] if contact else []


def passed_name(contact: str, owner: str, former: str) -> UniqueName:
    """Return the name of a phone that another holder has from now on."""
    return replace(phone_name(contact, owner), taken_from=former)


def stolen_name(contact: str, former: str) -> UniqueName:
    """Return the name of a phone that proves no one, until an office knows whose it is."""
    until = clock.wall() + _STOLEN_KEPT
    return replace(passed_name(contact, STOLEN, former), expires_at=until)
