"""Closed lists of work items."""

from shared.domain import CodeEnum


class WorkItemStatus(CodeEnum, of="work_item_status"):
    """How far the work is."""

    NEW = "new"
    READ = "read"
    DONE = "done"
