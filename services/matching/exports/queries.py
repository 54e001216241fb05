"""What is read of exports."""

from services.matching.exports.policy import load_authorised
from services.matching.exports.repository import Exports, file_of
from services.matching.exports.values import ExportId, ExportStatus
from services.matching.exports.views import ExportView
from shared.principal import Principal
from shared.storage.files import Files


def view_export(
    export_id: ExportId, caller: Principal, exports: Exports, files: Files
) -> ExportView:
    """Show how far your export is, with a link once the file is there."""
    export = load_authorised(export_id, caller, exports)
    there = export.status is ExportStatus.READY
    name = f"{export.kind}-{export.region}.csv"
    link = files.download_link(file_of(export), name) if there else None
    return ExportView.of(export, download_url=link)
