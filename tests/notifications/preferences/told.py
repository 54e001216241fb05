"""What a family is told of, and how it is seen in the messages."""

from datetime import date

from shared.events import matching
from tests.notifications.fakes import OF_MATCH, NotificationsHarness

ASKS = matching.FollowUpDue(**OF_MATCH, kind="two_weeks", due_on=date(2026, 9, 14))


def to_family(harness: NotificationsHarness) -> list[tuple[str, str, str | None]]:
    return [
        (one["template"], one["status"], one.get("reason"))
        for one in harness.docs("MESSAGE")
        if one["audience"] == "family"
    ]
