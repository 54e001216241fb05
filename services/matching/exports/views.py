"""What goes out about an export."""

from datetime import datetime

from services.matching.exports.values import ExportKind, ExportStatus
from shared.api.models import View


class ExportView(View):
    """How far an export is, with a link of five minutes once the file is there.

    `rows` are written of the `count` that it has; null until they are counted.
    """

    export_id: str
    region: str
    kind: ExportKind
    first: str
    last: str
    status: ExportStatus
    count: int | None
    rows: int
    opened_at: datetime
    delete_at: datetime | None
    failure: str | None
    download_url: str | None
    version: int
