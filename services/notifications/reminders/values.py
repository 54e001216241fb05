"""Closed lists of reminders."""

from shared.domain import CodeEnum


class CareStatus(CodeEnum, of="story_reminder_status"):
    """Whether the care goes on."""

    ACTIVE = "active"
    ENDED = "ended"
