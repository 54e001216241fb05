"""What staff does with a family itself."""

from services.intake.families.commands import JoinCardHolder
from services.intake.families.policy import load_authorised, stamp
from services.intake.families.repository import Families, card_holder_name
from services.intake.families.values import FamilyId
from services.intake.timeline.domain import Entry
from services.intake.timeline.repository import timeline_rows
from services.intake.timeline.values import TimelineKind
from shared.errors import IllegalStep
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.store import NameTaken


def join_card_holder(
    family_id: FamilyId, body: JoinCardHolder, context: CommandContext, families: Families
) -> Receipt:
    """Say that a card holder belongs to a family; its cards join the timeline from then on."""
    family = load_authorised(family_id, "join_card_holder", context.actor, families)
    joined = family.join_card_holder(body.holder_ref)
    now = stamp(context)
    entry = Entry(
        family_id=family_id, at=now.at, kind=TimelineKind.CARD, ref=f"holder:{body.holder_ref}"
    )
    name = card_holder_name(family.region, body.holder_ref, family_id)
    try:
        return families.save(context, joined, unique=[name], writes=timeline_rows([entry]))
    except NameTaken as taken:
        if taken.owner != family_id:
            raise IllegalStep("card_holder_of_another_family", family.next_steps) from None
        return families.unchanged(context, family)
