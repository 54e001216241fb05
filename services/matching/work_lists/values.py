"""How soon work is due."""

from shared.domain import CodeEnum


class Due(CodeEnum, of="work_due"):
    """Until when the work is due that a list holds."""

    OVERDUE = "overdue"
    TODAY = "today"
