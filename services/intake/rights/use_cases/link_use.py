"""A family's link is good for three days and one change, which uses it up in its own commit."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import Gone
from shared.identity import signed_links
from shared.identity.signed_links import Link
from shared.storage.rows import UniqueName
from shared.storage.store import NameTaken, Store

OWN_CASE = "own_case"


def open_family_link(text: str) -> Link:
    """Return a family's link to its own case; one whose time is over is gone."""
    return signed_links.open_link(text, OWN_CASE, _gone("link_expired"))


def spent(link: Link | None) -> tuple[UniqueName, ...]:
    """Return the name that a link is used up by; nothing when the family came without one."""
    return () if link is None else (signed_links.once(link),)


def require_unspent(link: Link, store: Store) -> None:
    """Refuse to read through a link that a change has used up."""
    if store.item(signed_links.once(link).key) is not None:
        raise _gone("link_already_used")


@contextmanager
def link_spent() -> Iterator[None]:
    """Refuse a change through a link that was used before."""
    try:
        yield
    except NameTaken:
        raise _gone("link_already_used") from None


def _gone(code: str) -> Gone:
    return Gone(code, ("ask_for_new_link",))
