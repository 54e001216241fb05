"""A family's link is used up by one change, in the commit of that change."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import Gone
from shared.identity import signed_links
from shared.identity.signed_links import Link
from shared.storage.rows import UniqueName
from shared.storage.store import NameTaken, Store


def spent(link: Link | None) -> tuple[UniqueName, ...]:
    """Return the name that a link is used up by; nothing when the family came without one."""
    return () if link is None else (signed_links.once(link),)


def require_unspent(link: Link, store: Store) -> None:
    """Refuse to read through a link that a change has used up."""
    if store.item(signed_links.once(link).key) is not None:
        raise _used()


@contextmanager
def link_spent() -> Iterator[None]:
    """Refuse a change through a link that was used before."""
    try:
        yield
    except NameTaken:
        raise _used() from None


def _used() -> Gone:
    return Gone("link_already_used", ("ask_for_new_link",))
