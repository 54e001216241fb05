"""What can be exported, and how far an export is."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

ExportId = Annotated[str, Field(pattern=pattern("exp"))]


class ExportKind(CodeEnum, of="export_kind"):
    """Which list is taken away."""

    GUARDIANS = "guardians"
    MATCHES = "matches"


class ExportStatus(CodeEnum, of="export_status"):
    """Whether the file is there."""

    WORKING = "working"
    READY = "ready"
    DELETED = "deleted"
    FAILED = "failed"
