"""Closed lists of work items."""

from enum import StrEnum


class WorkItemStatus(StrEnum):
    """How far the work is."""

    __list__ = "work_item_status"

    NEW = "new"
    READ = "read"
    DONE = "done"
