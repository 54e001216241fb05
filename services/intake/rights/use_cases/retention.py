"""Contacts and words of a family go when what they were for has ended: by its deadline, for good.

Codes, counts and dates stay, and the access log. The moment is that of the region's configuration,
asked anew when it has come. One transaction forgets one family, so a sweep that was broken off goes
on with the next one.
"""

from services.intake.cases.repository import Cases
from services.intake.families.repository import Families, forgotten_at
from services.intake.requests.repository import Requests
from services.intake.requests.values import RequestStatus
from services.intake.rights.domain import idle_from
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
    asked = [each for record in family.record_ids for each in requests.of_family(record)]
    waits = any(each.status is RequestStatus.RECEIVED for each in asked)
    last = max((each.received_at for each in asked), default=now)
    if due is None or now < due:
        families.save(context, family)
    elif waits or (family.idle_since is not None and last > family.idle_since):
        families.save(context, idle_from(family, now if waits else last))
    else:
        context.reason = PURPOSE_ENDED
        forget(family, context, cases, vault)
