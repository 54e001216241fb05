"""Rows ↔ aggregates of one type, and the lists they are found in."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar, Unpack

from pydantic import BaseModel, ConfigDict, Field

from shared import clock
from shared.domain import ValueObject
from shared.errors import Invalid, NotFound
from shared.principal import Principal
from shared.storage import connection, cursors
from shared.storage.command_context import CommandContext, Effects, Receipt
from shared.storage.rows import Index, Key, Own, Row
from shared.storage.store import Document, Store

A = TypeVar("A", bound=BaseModel)
B = TypeVar("B", bound=BaseModel)

PAGE_LIMIT = 100


class Slice(ValueObject):
    """Which part of a list is asked for."""

    limit: int = Field(default=50, ge=1, le=PAGE_LIMIT, description="at most so many items")
    cursor: str | None = Field(
        default=None,
        max_length=2048,
        description="`next_cursor` of the page before, for the same caller and filters, for 24 h",
    )

    def begins(self, caller_id: str, scope: str) -> dict[str, str]:
        """Return the place where it begins; of the first there is none."""
        return cursors.open_cursor(self.cursor, caller_id, scope) if self.cursor else {}


class Page(BaseModel, Generic[A]):
    """A slice of a list; `next_cursor` goes on from there, for the same caller and filter."""

    model_config = ConfigDict(defer_build=True)

    items: list[A]
    next_cursor: str | None = Field(
        default=None, description="where the list goes on; null at its end"
    )

    @property
    def content(self) -> str:
        """What the page says, without the cursor, which is another text at each reading.

        A client that keeps the page gets a fresh cursor before the one it has is too old.
        """
        half_day = int(clock.wall().timestamp()) // (cursors.LIFETIME_SECONDS // 2)
        goes_on = self.next_cursor and half_day
        return f"{self.model_dump_json(exclude={'next_cursor'})}{goes_on}"


class Repository(Generic[A]):
    """Where the aggregates of one type live.

    A subclass names its `model`, its key `prefix` and the model's id field, and overrides `row`
    to add lists and the next deadline. The model declares `version: int = 0`, which is stored
    beside the document and not in it.
    """

    model: ClassVar[type[BaseModel]]
    prefix: ClassVar[str]
    id_field: ClassVar[str] = "id"

    def __init__(self, store: Store) -> None:
        self.store = store

    @classmethod
    def connect(cls) -> Self:
        """Return the repository over this container's tables."""
        return cls(connection.store())

    def key(self, identifier: str) -> Key:
        """Return the primary key of an aggregate."""
        return Key(f"{self.prefix}#{identifier}", self.prefix)

    def row(self, aggregate: A) -> Row:
        """Return the aggregate as it is stored; override to add lists, deadline and expiry."""
        return self._row(aggregate)

    def _row(self, aggregate: A, **more: Any) -> Row:
        """Return a row with the given lists, deadline and expiry."""
        identifier = getattr(aggregate, self.id_field)
        version = getattr(aggregate, "version")  # noqa: B009
        return Row(identifier, self.key(identifier), aggregate, version, **more)

    def find(self, identifier: str) -> A | None:
        """Return the latest version, or None."""
        document = self.store.get(self.key(identifier))
        return None if document is None else self._aggregate(document)

    def get(self, identifier: str) -> A:
        """Return the latest version; raises NotFound."""
        found = self.find(identifier)
        if found is None:
            raise NotFound(self.prefix.lower())
        return found

    def get_many(self, identifiers: Iterable[str]) -> list[A]:
        """Return those of some aggregates that there are, each once, in that order."""
        keys = [self.key(each) for each in dict.fromkeys(identifiers)]
        parts = (keys[start : start + PAGE_LIMIT] for start in range(0, len(keys), PAGE_LIMIT))
        found = (document for part in parts for document in self.store.get_many(part))
        return [self._aggregate(document) for document in found]

    def save(
        self, context: CommandContext, aggregate: A, *also: Row, **more: Unpack[Effects]
    ) -> Receipt:
        """Commit the aggregate, what changed with it and its events, in one command."""
        return self.store.commit(context, self.row(aggregate), *also, **more)

    def list_all(
        self,
        index: Index | Own,
        partition: str,
        *,
        prefix: str = "",
        newest_first: bool = False,
        most: int = sys.maxsize,
        latest: bool = False,
    ) -> list[A]:
        """Return a partition that is small by nature, whole, or its first `most` rows.

        `latest` as in `Store.page`.
        """
        found: list[A] = []
        start: dict[str, str] | None = None
        while len(found) < most:
            page, start = self.store.page(
                index,
                partition,
                limit=min(PAGE_LIMIT, most - len(found)),
                start=start,
                newest_first=newest_first,
                prefix=prefix,
                latest=latest,
            )
            found += [self._aggregate(document) for document in page]
            if start is None:
                break
        return found

    def page(
        self,
        index: Index | Own,
        partition: str,
        view: Callable[[A], B],
        *,
        caller: Principal,
        query: Slice,
        prefix: str = "",
        until: str = "",
        newest_first: bool = False,
    ) -> Page[B]:
        """Return a page of views; the cursor is bound to caller, partition and filter.

        `until` may be a moment that goes on while the caller reads.
        """
        scope = f"{self.prefix}|{index}|{partition}|{prefix}|{newest_first}|{bool(until)}"
        page, next_key = self.store.page(
            index,
            partition,
            limit=query.limit,
            start=query.begins(caller.id, scope) or None,
            newest_first=newest_first,
            prefix=prefix,
            until=until,
        )
        return Page[B](
            items=[view(self._aggregate(document)) for document in page],
            next_cursor=cursors.seal(next_key, caller.id, scope) if next_key else None,
        )

    def page_of_each(
        self,
        parts: Sequence[tuple[Index | Own, str, Callable[[A], B]]],
        *,
        caller: Principal,
        query: Slice,
        **more: Any,
    ) -> Page[B]:
        """Return a page of several partitions of indexes, one after the other, each in its view."""
        place, _, within = (query.cursor or "0.").partition(".")
        if query.cursor is not None and place not in map(str, range(len(parts))):
            raise Invalid("bad_cursor", "/cursor")
        items: list[B] = []
        for number, (index, partition, view) in [*enumerate(parts)][int(place) :]:
            if len(items) == query.limit:
                return Page[B](items=items, next_cursor=f"{number}.")
            rest = Slice(limit=query.limit - len(items), cursor=within or None)
            page = self.page(index, partition, view, caller=caller, query=rest, **more)
            items += page.items
            if page.next_cursor is not None:
                return Page[B](items=items, next_cursor=f"{number}.{page.next_cursor}")
            within = ""
        return Page[B](items=items)

    def _aggregate(self, document: Document) -> A:
        return self.model.model_validate(document)  # type: ignore[return-value]
