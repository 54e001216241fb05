"""What a commit is made of, and how it looks in DynamoDB.

Aggregates are stored as one JSON document beside the few attributes that conditions and indexes
need; nothing in a row but `doc` is ever interpreted by a service.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from shared import clock

if TYPE_CHECKING:
    from pydantic import BaseModel

Item = dict[str, Any]
Table = Literal["data", "outbox", "audit", "keys"]
Index = Literal["by_region", "by_owner", "by_ref", "by_state", "by_district", "by_programme"]
# Indexes that have keys alone: the rows of a page are read from the table.
KEYS_ONLY = frozenset[Index]({"by_state", "by_district", "by_programme"})
# A list that is no index: the rows of one partition of the table itself.
Own = Literal["own"]
OWN: Own = "own"

ABSENT = "attribute_not_exists(pk)"
# The partitions of deadlines, of jobs, and of outbox rows that are not published yet.
DUE_SHARDS = tuple(f"DUE#{shard}" for shard in range(8))
JOB_SHARDS = tuple(f"JOB#{shard}" for shard in range(2))
PENDING_SHARDS = tuple(f"PENDING#{shard}" for shard in range(8))
# The partitions of deadlines and jobs that were given up: no sweep looks there.
GIVEN_UP = ("GAVE_UP#DUE", "GAVE_UP#JOB")


class Key(NamedTuple):
    """The primary key of a row."""

    pk: str
    sk: str


@dataclass(frozen=True)
class Row:
    """An aggregate as its repository wants it stored.

    `version` is the one that was read (0: new); `due_at` is its next deadline in business time;
    `lists` are the partitions it appears in, as index → (partition, sort key). A `job` is worked
    through the queue of jobs when it is due.
    `sequence` is set on projections only and must exceed the stored one.
    """

    id: str
    key: Key
    doc: "BaseModel"
    version: int
    due_at: datetime | None = None
    lists: Mapping[Index, tuple[str, str]] = field(default_factory=dict)
    expires_at: datetime | None = None
    sequence: int | None = None
    job: bool = False

    @cached_property
    def text(self) -> str:
        """The document as it is stored, and as the audit compares it."""
        return self.doc.model_dump_json(exclude={"version"}, exclude_none=True)

    @property
    def stored_fields(self) -> list[str]:
        """The names of what `text` holds, in their order."""
        names = _kept_fields(type(self.doc))
        return [name for name in names if getattr(self.doc, name) is not None]


@cache
def _kept_fields(model: type["BaseModel"]) -> list[str]:
    stored = {name for name, field in model.model_fields.items() if not field.exclude}
    return sorted(stored - {"version"})


@dataclass(frozen=True, slots=True)
class UniqueName:
    """A name that only one owner may hold until `expires_at` (for good when None).

    It must be free, or still be held by the one that it is `taken_from`.
    """

    name: str
    owner: str
    expires_at: datetime | None = None
    taken_from: str | None = None

    @property
    def key(self) -> Key:
        """Where the name is held."""
        return Key(f"UNIQUE#{self.name}", "UNIQUE")


@dataclass(frozen=True, slots=True)
class RawWrite:
    """One more put or delete of a commit, for kernel modules such as the vault.

    One that `merges` sets its attributes only: what else is in the row stays. One that is said to
    be `held_by` someone must still say the same when it is written.
    """

    table: Table
    key: Key
    attributes: Mapping[str, str | int | bytes] | None
    condition: Literal["absent", "any"] = "any"
    merges: bool = False
    held_by: str | None = None


def put(table: str, item: Item, condition: str | None = None, **values: str | int) -> Item:
    """One Put of a transaction; `values` are those that the condition names as `:name`."""
    return {"Put": {"TableName": table, "Item": item} | _conditioned(condition, values)}


def merge(table: str, key: Key, attributes: Mapping[str, str | int | bytes]) -> Item:
    """One Update of a transaction, which sets these attributes of a row and leaves the others."""
    names = {f"#a{place}": name for place, name in enumerate(attributes)}
    spelt = ", ".join(f"{each} = :v{place}" for place, each in enumerate(names))
    values = {f"v{place}": value for place, value in enumerate(attributes.values())}
    return update(table, key, f"SET {spelt}", {"ExpressionAttributeNames": names}, **values)


def update(table: str, key: Key, expression: str, more: Item, **values: str | int | bytes) -> Item:
    """One Update of a transaction; `more` holds its condition, and names that are reserved."""
    request = {"TableName": table, "Key": key_item(key), "UpdateExpression": expression}
    return {"Update": request | more | named(values)}


def delete(table: str, key: Key, condition: str | None = None, **values: str | int) -> Item:
    """One Delete of a transaction."""
    return {"Delete": {"TableName": table, "Key": key_item(key)} | _conditioned(condition, values)}


def _conditioned(condition: str | None, values: Mapping[str, str | int]) -> Item:
    if condition is None:
        return {}
    return {
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    } | named(values)


def named(values: Mapping[str, str | int | bytes]) -> Item:
    """Return the values of an expression, which names each as `:name`."""
    spelt = {f":{name}": attribute(value) for name, value in values.items()}
    return {"ExpressionAttributeValues": spelt} if spelt else {}


def part_of(
    index: str, partition: str, since: str, until: str, *, between: bool = False
) -> tuple[str, dict[str, str]]:
    """Return the condition of a part of a partition, and its values.

    The part is what begins with `since`, what of that comes before `until`, or what is `between`.
    """
    name = "" if index == OWN else index.removeprefix("by_") + "_"
    condition, values = f"{name}pk = :p", {"p": partition}
    if until and since:
        condition += f" AND {name}sk BETWEEN :s AND :e"
        values |= {"s": since, "e": until if between else since + until}
    elif until:
        condition += f" AND {name}sk < :e"
        values["e"] = until
    elif since:
        condition += f" AND begins_with({name}sk, :s)"
        values["s"] = since
    return condition, values


def key_item(key: Key) -> Item:
    """Return a primary key in DynamoDB's own spelling."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def key_of(row: Item) -> Key:
    """Return the primary key of a raw row."""
    return Key(row["pk"]["S"], row["sk"]["S"])


def item(key: Key, attributes: Mapping[str, str | int | bytes | None]) -> Item:
    """Return a row in DynamoDB's own spelling; None means that the attribute is absent."""
    return key_item(key) | {
        name: {"S": value} if isinstance(value, str) else attribute(value)
        for name, value in attributes.items()
        if value is not None
    }


def attribute(value: str | int | bytes) -> Item:
    """One value in DynamoDB's own spelling."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bytes):
        return {"B": value}
    return {"N": str(value)}


def epoch(moment: datetime) -> int:
    """Seconds since 1970, the unit of every `expires_at`."""
    return int(moment.timestamp())


def due_shard(pk: str, job: bool = False) -> str:
    """Return the deadline partition of a row."""
    return _shard(JOB_SHARDS if job else DUE_SHARDS, pk)


def given_up_shard(shard: str) -> str:
    """Return the partition that a row of this one moves to when it is given up."""
    return f"GAVE_UP#{shard.partition('#')[0]}"


def holds_jobs(shard: str) -> bool:
    """Whether a partition of what was given up holds jobs."""
    return shard.endswith("#JOB")


def pending_shard(pk: str) -> str:
    """Return the outbox partition of a row that is not published yet."""
    return _shard(PENDING_SHARDS, pk)


def _shard(shards: Sequence[str], pk: str) -> str:
    return shards[zlib.crc32(pk.encode()) % len(shards)]


def row_item(row: Row, commit_id: str) -> Item:
    """Return the item of an aggregate's next version."""
    attributes: dict[str, str | int | bytes | None] = {
        "type": row.key.sk,
        "doc": row.text,
        "version": row.version + 1,
        "commit_id": commit_id,
        "seen_sequence": row.sequence,
    }
    for index, (partition, sort) in row.lists.items():
        name = index.removeprefix("by_")
        attributes |= {f"{name}_pk": partition, f"{name}_sk": sort}
    if row.due_at is not None:
        attributes |= {"due_shard": due_shard(row.key.pk, row.job), "due_at": clock.iso(row.due_at)}
    if row.expires_at is not None:
        attributes["expires_at"] = epoch(row.expires_at)
    return item(row.key, attributes)
