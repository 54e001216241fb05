"""What belongs to a family is read of each of its records."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from pydantic import BaseModel

from services.matching.bonds.policy import as_each_record
from services.matching.policy import POLICY
from shared.api.models import Paging
from shared.identity.partitions import Partition
from shared.principal import Principal
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
