"""What a family is told, as its messages show it."""

from tests.notifications.fakes import NotificationsHarness


def to_family(harness: NotificationsHarness) -> list[tuple[str, str, str | None]]:
    return [
        (one["template"], one["status"], one.get("reason"))
        for one in harness.docs("MESSAGE")
        if one["audience"] == "family"
    ]
