"""A family's link is good for three days and one change, which uses it up in its own commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from services.intake.families.repository import Families
from services.intake.rights.commands import ByLink
from services.intake.sign_ins.domain import is_signed_in
from shared.errors import Gone, IllegalStep
from shared.identity import signed_links
from shared.identity.signed_links import Link
from shared.storage.command_context import CommandContext
from shared.storage.rows import UniqueName
from shared.storage.store import Store
from shared.storage.transaction import NameTaken

OWN_CASE = "own_case"
LINK_LIFETIME = timedelta(days=3)
# Of what a family may do, the steps that a link opens.
STEPS = ("correct_needs", "withdraw", "change_consent", "correct")


def opened(body: ByLink, store: Store) -> Link:
    """Open a family's link to its own case, whose time is not over and that no change has used.

    A phone by which the family is signed in no more may have a link of before; of who is forgotten
    none opens anything.
    """
    link = signed_links.open_link(body.link, OWN_CASE, _gone("link_expired"))
    if store.item(signed_links.once(link).key) is not None:
        raise _gone("link_already_used")
    if not is_signed_in(Families(store).get(link.subject), link.subject, link.issued_by):
        raise _gone("link_expired")
    return link


@contextmanager
def acting(body: ByLink, context: CommandContext, store: Store) -> Iterator[Link]:
    """Let the family act in a command by its link; a used one says nothing of the case."""
    link = opened(body, store)
    context.actor = link.principal
    try:
        yield link
    except NameTaken:
        raise _gone("link_already_used") from None
    except IllegalStep as refused:
        refused.next_steps = tuple(step for step in refused.next_steps if step in STEPS)
        raise


def spent(link: Link | None) -> tuple[UniqueName, ...]:
    """Return the name that a link is used up by; nothing when the family came without one."""
    return () if link is None else (signed_links.once(link),)


def _gone(code: str) -> Gone:
    return Gone(code, ("ask_for_new_link",))
