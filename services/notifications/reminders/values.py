"""Closed lists of reminders."""

from enum import StrEnum


class CareStatus(StrEnum):
    """Whether the care goes on."""

    __list__ = "story_reminder_status"

    ACTIVE = "active"
    ENDED = "ended"
