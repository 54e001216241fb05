"""A list is asked for; it is written in the background."""

from services.matching.exports.commands import OpenExport
from services.matching.exports.domain import Export
from services.matching.exports.policy import export_resource
from services.matching.exports.repository import Exports
from services.matching.policy import POLICY
from shared import clock, ids
from shared.errors import Invalid
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt

MAX_MONTHS = 36


def open_export(body: OpenExport, context: CommandContext, exports: Exports) -> Receipt:
    """Ask for a list of a region as a file for a spreadsheet; the audit keeps who asked."""
    actor = context.actor
    target = export_resource(body.region, body.kind, actor.id)
    POLICY.require_create(actor, "open_export", target)
    now = clock.now()
    this_month = f"{regions.local_date(body.region, now):%Y-%m}"
    last = body.last or this_month
    first = body.first or last
    if first > last:
        raise Invalid("period_reversed", "/first")
    if len(calendar.months(first, last)) > MAX_MONTHS:
        raise Invalid("period_too_long", "/first", months=MAX_MONTHS)
    export = Export(
        export_id=ids.new("exp"),
        region=body.region,
        kind=body.kind,
        first=first,
        last=last,
        opened_by=actor.id,
        opened_at=now,
        moved_at=now,
    )
    return exports.save(context, export)
