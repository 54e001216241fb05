"""What falls due about a family: it is forgotten, and with it the records merged into it."""

from services.intake.cases.repository import Cases
from services.intake.families.repository import Families
from services.intake.merges.use_cases import erase_joined
from services.intake.requests.repository import Requests
from services.intake.rights.use_cases.retention import forget_due
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext


def time_is_up(
    family_id: str,
    context: CommandContext,
    families: Families,
    cases: Cases,
    requests: Requests,
    vault: Vault,
) -> None:
    """Forget a family whose purpose has ended, or the next record of one that is forgotten."""
    if families.record(family_id).erased:
        erase_joined(family_id, context, families, vault)
    else:
        forget_due(family_id, context, families, cases, requests, vault)


DEADLINES = {Families.prefix: time_is_up}
