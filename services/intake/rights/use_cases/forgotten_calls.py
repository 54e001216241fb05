"""A family that asked to be forgotten is called back no more, and the phones of its calls go.

One phone in each commit, by the deadline of the family's row.
"""

from services.intake.call_backs import events as call_back_events
from services.intake.call_backs.repository import CallBacks, name_of
from services.intake.call_backs.values import CallBackEnd
from services.intake.families.repository import Families
from services.intake.rights import domain
from services.intake.rights.repository import own_calls
from services.intake.telephony.values import CallState
from shared import clock
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext

# As many calls are forgotten in one commit, beside the family and a call-back.
MOST = 6


def forget_calls(family_id: str, context: CommandContext, families: Families, vault: Vault) -> None:
    """Forget the calls by the next phone of a forgotten family; who rings again meant to."""
    family = families.record(family_id)
    phone, *others = family.calls_to_forget
    calls, call_back = own_calls(family, phone, families)
    since = family.erased_at or clock.now()
    before = (each for each in calls if each.began_at <= since)
    done = (each.call_id for each in before if each.state is not CallState.RINGING)
    kept = [each for each in done if vault.keeps(each, each)]
    after = domain.forget_calls(family, others if len(kept) <= MOST else (phone, *others))
    writes = [row for each in kept[:MOST] for row in vault.forget(each, each)]
    if call_back is None or call_back.missed_at > since:
        families.save(context, after, writes=writes)
        return
    ended = call_back.end(clock.now(), CallBackEnd.FORGOTTEN)
    families.save(
        context,
        after,
        CallBacks(families.store).row(ended),
        events=call_back_events.of_change(call_back, ended),
        release=[name_of(call_back)],
        writes=writes,
    )
