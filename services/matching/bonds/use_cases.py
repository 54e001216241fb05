"""What a family has said on paper: headquarters names the paper, which is one family's alone."""

from collections.abc import Sequence
from typing import Any

from services.matching.bonds.policy import FAMILY
from services.matching.bonds.repository import Bonds
from shared.errors import Invalid
from shared.events.base import Event
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Repository
from shared.storage.rows import Row
from shared.storage.transaction import NameTaken


def speak_for(family_id: str, ref: str | None, pointer: str, context: CommandContext) -> None:
    """Let the headquarters speak for a family by a paper only; the family itself names none."""
    if context.actor.role == FAMILY:
        if ref is not None:
            raise Invalid("paper_of_own_word", pointer)
        return
    if ref is None:
        raise Invalid("consent_paper_missing", pointer)
    context.actor = context.actor.acting_for(family_id, "paper")


def save_said(
    said: Any,
    ref: str | None,
    pointer: str,
    context: CommandContext,
    found: Repository[Any],
    *rows: Row,
    events: Sequence[Event],
) -> Receipt:
    """Save what a family has said; the paper that is named is of this family alone."""
    paper = Bonds(found.store).paper_of(said.family_id, said.region, ref)
    try:
        return found.save(context, said, *rows, unique=paper, events=events)
    except NameTaken:
        raise Invalid("paper_of_another_family", pointer) from None
