"""Closed lists of counters."""

from shared.domain import CodeEnum


class DayStatus(CodeEnum, of="till_day_status"):
    """Whether a day at the tills is summed."""

    OPEN = "open"
    SUMMED = "summed"
