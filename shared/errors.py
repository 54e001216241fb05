"""What can go wrong, in the words of the domain; `shared.api.app` alone turns it into an answer.

DomainError
 ├─ Invalid              422  the input breaks a rule that its shape could not express
 ├─ Unauthenticated      401  the caller is not recognised
 ├─ Forbidden            403  visible to the caller, but not theirs to do
 ├─ NotFound             404  absent, or on territory the caller may not know of
 ├─ IllegalStep          409  its state refuses this step; `next_steps` are the legal ones
 │   └─ Gone             410  what could be used once was used
 ├─ VersionConflict      409  another write was faster; the kernel retries before saying so
 ├─ PreconditionFailed   412  `If-Match` names an older version
 ├─ PreconditionRequired 428  a header that makes the call safe is missing
 ├─ RateLimited          429  a counter is full until `retry_after` seconds have passed
 └─ Unavailable          503  a part we need is down; nothing was lost, try again

PreconditionPending is no error of the caller: a reaction raises it when its precondition has
not arrived.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Labels:
    """Codes of a list as a fact of an error: its Russian text has their labels."""

    of: str
    codes: tuple[str, ...]


class DomainError(Exception):
    """A refusal with a stable English code and the facts its Russian text may name."""

    code = ""

    def __init__(self, code: str = "", **facts: object) -> None:
        self.code = code or self.code
        self.facts = facts
        super().__init__(self.code)


class Invalid(DomainError):
    """A well-formed value that a rule refuses; `pointer` is its JSON pointer in the body."""

    def __init__(self, code: str, pointer: str = "", **facts: object) -> None:
        super().__init__(code, **facts)
        self.pointer = pointer


class Unauthenticated(DomainError):
    """The caller is not recognised."""

    code = "unauthenticated"


class Forbidden(DomainError):
    """The caller may see the resource but not do this to it."""

    def __init__(self, action: str, code: str = "forbidden") -> None:
        super().__init__(code, action=action)


class NotFound(DomainError):
    """Absent, or foreign, and the caller cannot tell which; `what` is a resource type.

    `pointer` is where the body names it, if not the path does.
    """

    def __init__(self, what: str, *, pointer: str = "") -> None:
        super().__init__("not_found", what=what)
        self.pointer = pointer


@contextmanager
def named_at(pointer: str) -> Iterator[None]:
    """Let a refusal say where the body names what is not found."""
    try:
        yield
    except NotFound as absent:
        raise NotFound(str(absent.facts["what"]), pointer=pointer) from None


class IllegalStep(DomainError):
    """The state of the resource refuses this step; `next_steps` names the verbs it would accept."""

    def __init__(self, code: str, next_steps: tuple[str, ...] = (), **facts: object) -> None:
        super().__init__(code, **facts)
        self.next_steps = next_steps


class Gone(IllegalStep):
    """What could be used once was used; a step says how to get another."""


class VersionConflict(DomainError):
    """The row changed between reading and writing."""

    code = "changed_meanwhile"


class PreconditionFailed(DomainError):
    """`If-Match` names a version that is not the latest, or none."""

    code = "version_outdated"


class PreconditionRequired(DomainError):
    """The call lacks the header that makes it safe to repeat or to overwrite."""


class RateLimited(DomainError):
    """A counter is full; the caller may come back in `retry_after` seconds."""

    def __init__(self, code: str = "too_many", retry_after: int = 60) -> None:
        super().__init__(code, retry_after=retry_after)


class Unavailable(DomainError):
    """Something we depend on does not answer; the caller may repeat in `retry_after` seconds."""

    def __init__(self, code: str = "unavailable", retry_after: int = 2) -> None:
        super().__init__(code, retry_after=retry_after)


class PreconditionPending(Exception):
    """A reaction came before the fact it builds on; the queue parks it under `aggregate_id`."""

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.aggregate_id = aggregate_id
