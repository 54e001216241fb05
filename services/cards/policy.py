"""What a caller may do in cards, as `policy.cedar` beside this module decides."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import IllegalStep
from shared.identity.policy import Policy, Resource
from shared.principal import Principal

POLICY = Policy.beside(__file__)


@contextmanager
def offering(caller: Principal, target: Resource | None) -> Iterator[None]:
    """Let a refusal offer what the caller may do with a card or programme."""
    try:
        yield
    except IllegalStep as refused:
        refused.next_steps = tuple(
            step
            for step in refused.next_steps
            if target is not None and POLICY.allows(caller, step, target)
        )
        raise
