"""Why a command runs: who or what asked for it, and what makes it happen only once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from shared.storage.rows import Key, RawWrite, Row, UniqueName

if TYPE_CHECKING:
    from shared.events.base import Event
    from shared.principal import Principal


Found = TypeVar("Found")


class Receipt(BaseModel):
    """What every command answers: only facts of that very commit, so that a repeat says the same.

    `number` is there when the aggregate has one to read aloud; `existing` when a creating command
    met what it would have created, and made nothing new; `links` are ids of what belongs to it.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    version: int
    status: str | None = None
    number: str | None = None
    existing: bool = False
    links: Mapping[str, str] | None = Field(default=None, exclude_if=lambda links: links is None)


class Repeatable(BaseModel, defer_build=True):
    """What a handler answers that keeps its callers' `Idempotency-Key` itself.

    That it was answered before travels as a header, not in the body.
    """

    replayed: bool = Field(default=False, exclude=True)

    def again(self) -> Self:
        """Return the same, as the answer of an earlier request."""
        return self.model_copy(update={"replayed": True})


@dataclass(frozen=True, slots=True)
class DedupKey:
    """The row that lets a command take effect a single time.

    `attributes` are stored beside it (an idempotency row keeps its fingerprint there).
    """

    key: Key
    expires_at: datetime
    attributes: tuple[tuple[str, str], ...] = ()


class AlreadyProcessed(Exception):
    """The row of a `DedupKey` exists (`row`, as stored): an earlier run has had the effect."""

    def __init__(self, row: dict[str, Any]) -> None:
        super().__init__()
        self.row = row


@dataclass(slots=True)
class CommandContext:
    """Who asks, under which correlation, and which row makes the effect unique.

    It is spent by its one commit; a second commit under it is a programming error.
    `if_match` is the version the caller expects of the first row changed; `reason` is a reason
    code for the audit.
    """

    actor: "Principal"
    action: str
    correlation_id: str
    causation_id: str | None = None
    once: DedupKey | None = None
    parked: Key | None = None
    if_match: int | None = None
    reason: str | None = None
    receipt: Receipt | None = None


def in_parts(
    context: CommandContext, found: Sequence[Found], most: int
) -> Iterator[tuple[CommandContext, Sequence[Found]]]:
    """Yield what is too much for one commit in parts, with the context of each.

    Only the commit of the last part makes the effect unique: what ends before it begins anew with
    what is left.
    """
    for start in range(0, len(found), most):
        is_last = start + most >= len(found)
        of_part = context if is_last else replace(context, once=None, parked=None)
        yield of_part, found[start : start + most]


class Effects(TypedDict, total=False):
    """What a commit stores beside its changes, and what its receipt says.

    `unique` names are claimed and `release`d, `writes` put as they are; `parts` are rows of an
    aggregate among the changes, whose own row guards them and is audited for them.
    A command that finds its work done changes nothing and gives the `receipt` itself.
    """

    events: Sequence["Event"]
    unique: Sequence[UniqueName]
    release: Sequence[UniqueName]
    parts: Sequence[Row]
    writes: Sequence[RawWrite]
    number: str | None
    existing: bool
    receipt: Receipt
