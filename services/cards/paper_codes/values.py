"""The status of a list of codes."""

from shared.domain import CodeEnum


class PaperStatus(CodeEnum, of="card_paper_status"):
    """Whether the list is there; it is taken once."""

    WRITING = "writing"
    READY = "ready"
    TAKEN = "taken"
    DELETED = "deleted"
    FAILED = "failed"
