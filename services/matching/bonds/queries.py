"""What belongs to a family is read of each of its records."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from pydantic import BaseModel

from services.matching.bonds.policy import as_each_record
from services.matching.policy import POLICY
from shared.api.models import Paging
from shared.errors import Invalid
from shared.identity.partitions import Partition
from shared.identity.policy import Attribute
from shared.principal import Principal
from shared.storage.repository import Page, Repository

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
    more: Mapping[str, Attribute] | None = None,
) -> Page[B]:
    """Return a page of a family's own list, one of its records after the other."""
    records = as_each_record(caller, found.store)
    place, _, cursor = (query.cursor or "0.").partition(".")
    if place not in map(str, range(len(records))):
        raise Invalid("bad_cursor", "/cursor")
    items: list[B] = []
    for number in range(int(place), len(records)):
        record = records[number]
        if len(items) == query.limit:
            return Page[B](items=items, next_cursor=f"{number}.")
        page = found.page(
            "by_ref",
            POLICY.require_list(record, "list", resource_type, Partition.of_person(record), more),
            partial(view, record),
            caller=caller,
            limit=query.limit - len(items),
            cursor=cursor or None,
            prefix=prefix,
            newest_first=newest_first,
        )
        items += page.items
        if page.next_cursor is not None:
            return Page[B](items=items, next_cursor=f"{number}.{page.next_cursor}")
        cursor = ""
    return Page[B](items=items)
