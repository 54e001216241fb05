"""A family that acts by another's hand: who may act for it, and how that is known."""

from services.intake.cases.policy import load_authorised as load_case
from services.intake.cases.repository import CaseFile, Cases
from services.intake.families.domain import Family
from services.intake.families.policy import load_authorised as load_family
from services.intake.families.repository import Families
from shared.errors import IllegalStep, Invalid
from shared.storage.command_context import CommandContext

# The role of a family that acts itself, by whichever proof.
ITSELF = "family"


def load_case_for_family(
    case_id: str, action: str, context: CommandContext, evidence: str | None, cases: Cases
) -> CaseFile:
    """Load a case for a wish of its family; another actor gives evidence, which is recorded."""
    file = load_case(case_id, action, context.actor, cases)
    act_for(file.family, context, evidence)
    return file


def load_for_family(
    family_id: str, action: str, context: CommandContext, evidence: str | None, families: Families
) -> Family:
    """Load a family for its own wish; another actor gives evidence, which is recorded."""
    family = load_family(family_id, action, context.actor, families)
    act_for(family, context, evidence)
    return family


def act_for(family: Family, context: CommandContext, evidence: str | None) -> None:
    """Let the actor act for a family; staff says how it asked, the family itself does not."""
    if by_itself(context):
        if evidence is not None:
            raise Invalid("evidence_of_own_word", "/evidence")
        return
    if evidence is None:
        raise Invalid("evidence_required", "/evidence")
    context.actor = context.actor.acting_for(family.family_id, evidence)


def require_living(family: Family) -> None:
    """Refuse what would go on with a family that is forgotten."""
    if family.erased:
        raise IllegalStep("person_was_erased")


def by_itself(context: CommandContext) -> bool:
    """Whether the family acts itself, by whichever proof, and no staff for it."""
    return context.actor.role == ITSELF
