"""What is read of a family, of each of its records."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from pydantic import BaseModel

from services.matching.bonds.policy import FAMILY, as_each_record, load_authorised
from services.matching.bonds.repository import Bonds
from services.matching.families.values import FamilyId
from services.matching.policy import POLICY
from shared.api.models import Paging
from shared.api.readings import ReadingView, note_look, page_of_readings
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.storage.repository import Page, Repository
from shared.storage.rows import Index

A = TypeVar("A", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)


def page_of_family(
    found: Repository[A],
    resource_type: str,
    view: Callable[[Principal, A], B],
    *,
    query: Paging,
    caller: Principal,
    prefix: str,
    newest_first: bool = False,
) -> Page[B]:
    """Return a page of a family's own list, one of its records after the other."""
    parts: list[tuple[Index, str, Callable[[A], B]]] = [
        (
            "by_ref",
            POLICY.require_list(record, "list", resource_type, Partition.of_person(record)),
            partial(view, record),
        )
        for record in as_each_record(caller, found.store)
    ]
    return found.page_of_each(
        parts,
        caller=caller,
        query=query,
        prefix=prefix,
        newest_first=newest_first,
    )


def list_readings(
    family_id: FamilyId, query: Paging, caller: Principal, bonds: Bonds, log: AccessLog
) -> Page[ReadingView]:
    """Read who has read what about a family, the latest first; the staff's look is recorded."""
    load_authorised(family_id, "list_readings", caller, bonds)
    records = bonds.records_of(family_id)
    if caller.role != FAMILY:
        note_look(family_id, caller, log)
    return page_of_readings(records, query, caller, log)
