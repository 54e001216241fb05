"""What of a guardian's evidence runs out by time alone."""

from services.matching.guardians.events import event_fields
from services.matching.guardians.repository import Guardians
from shared import clock
from shared.events.base import Event
from shared.events.matching_guardians import RequirementExpiring
from shared.reference import regions
from shared.storage.command_context import CommandContext


def guardian_due(guardian_id: str, context: CommandContext, guardians: Guardians) -> None:
    """Warn of a requirement a month and a week before it runs out, say when it has; each once."""
    guardian = guardians.get(guardian_id)
    come = guardian.due(clock.now(), regions.zone(guardian.home_region))
    if not come:
        return
    fields = event_fields(guardian)
    # Of those that have passed for one requirement only the last is announced.
    last = {name.split("#")[1]: name for name in come}
    events: list[Event] = []
    for code, name in last.items():
        left, _, valid_until = name.split("#")
        days = int(left)
        events.append(
            RequirementExpiring(
                **fields, code=code, valid_until=valid_until, expired=not days, days_left=days
            )
        )
    guardians.save(context, guardian.announce(*come), events=events)


DEADLINES = {"GUARDIAN": guardian_due}
