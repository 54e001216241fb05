"""Contacts and words of a family go when what they were for has ended: by its deadline, for good.

Codes, counts and dates stay, and the access log. The moment is that of the region's configuration,
asked anew when it has come. One transaction forgets one family, so a sweep that was broken off goes
on with the next one.
"""

from services.intake.cases.repository import Cases
from services.intake.families.repository import Families, forgotten_at
from services.intake.requests.repository import Requests
from services.intake.rights.domain import idle_from, kept_from
from services.intake.rights.use_cases.family_wishes import forget
from shared import clock
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext

PURPOSE_ENDED = "purpose_ended"


def forget_due(
    family_id: str,
    context: CommandContext,
    families: Families,
    cases: Cases,
    requests: Requests,
    vault: Vault,
) -> None:
    """Forget a family whose last case was closed long ago; one that asks again is kept on."""
    family, now = families.get(family_id), clock.now()
    due = forgotten_at(family)
    if due is None or now < due:
        families.save(context, family)
        return
    asked = requests.of_family(family.record_ids)
    since = kept_from(family, asked, now)
    if since is not None:
        families.save(context, idle_from(family, since))
    else:
        context.reason = PURPOSE_ENDED
        forget(family, context, cases, vault)
