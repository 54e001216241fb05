"""An export as `policy.cedar` sees it: a matter of its region and of who opened it."""

from services.matching.exports.domain import Export
from services.matching.exports.repository import Exports
from services.matching.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal


def export_resource(region: str, kind: str, opened_by: str, export_id: str = "new") -> Resource:
    """Return an export, which belongs to who opened it."""
    more = {"kind": kind}
    return Resource(type="Export", id=export_id, region=region, person=opened_by, more=more)


def load_authorised(export_id: str, principal: Principal, exports: Exports) -> Export:
    """Return the export when it is the caller's own and still of the caller's region."""
    export = exports.get(export_id)
    target = export_resource(export.region, export.kind, export.opened_by, export_id)
    POLICY.require(principal, "view", target)
    return export
