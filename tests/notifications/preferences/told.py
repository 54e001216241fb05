"""What a family is told of, and how it is seen in the messages."""

from tests.notifications.fakes import NotificationsHarness


def to_family(harness: NotificationsHarness) -> list[tuple[str, str, str | None]]:
    return [
        (one["template"], one["status"], one.get("reason"))
        for one in harness.docs("MESSAGE")
        if one["audience"] == "family"
    ]
