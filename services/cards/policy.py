"""What a caller may do in cards, as `policy.cedar` beside this module decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from shared.errors import Forbidden, IllegalStep
from shared.identity.policy import Policy, Resource
from shared.principal import Principal

POLICY = Policy.beside(__file__)


def require(caller: Principal, action: str, target: Resource, own: str) -> None:
    """Pass, or refuse; what is not done because the target is the caller's own, under that code."""
    of_another = replace(target, person=None, org=None)
    if not POLICY.allows(caller, action, target) and POLICY.allows(caller, action, of_another):
        raise Forbidden(action, own)
    POLICY.require(caller, action, target)


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
