"""What a clerk does with a table of holders: announce it, start the work."""

from services.cards.imports.commands import OpenBatch
from services.cards.imports.domain import Batch
from services.cards.imports.policy import action_on, load_authorised, resource
from services.cards.imports.repository import Batches, files_of
from services.cards.imports.values import BatchId, ImportedBy, TableOf
from services.cards.issuing.use_cases import require_programme
from services.cards.policy import POLICY
from services.cards.programmes.repository import Programmes
from shared import clock, ids
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.files import Files


def open_batch(
    body: OpenBatch, context: CommandContext, batches: Batches, programmes: Programmes
) -> Receipt:
    """Announce a table of holders, or of shops; the answer says where to put the file.

    Its first line names the columns, as offices call them in Russian or so: of holders
    `holder_ref`, `district_id`, `placement_current`, `order_ref`, `ordered_on`, `name`, `phone`;
    of shops `partner`, `district_id`, `address`, `shop`, `category`, `latitude`, `longitude`,
    `hours`, `contact`, `phone`. A dry run says what is missing, and which were not read.
    """
    regions.region(body.region)
    actor = context.actor
    clerk = ImportedBy(
        id=actor.id,
        role=actor.role,
        regions=actor.regions,
        districts=actor.districts,
        org=actor.org,
    )
    batch = Batch(
        id=ids.new("bat"),
        region=body.region,
        clerk=clerk,
        kind=body.kind,
        dry_run=body.dry_run,
        opened_at=clock.now(),
    )
    POLICY.require_create(actor, action_on(batch), resource(batch))
    if body.kind is TableOf.HOLDERS:
        require_programme(body.region, context, programmes)
    return batches.save(context, batch)


def start_batch(
    batch_id: BatchId, context: CommandContext, batches: Batches, files: Files
) -> Receipt:
    """Begin with an uploaded table: check it, or issue its cards."""
    batch = load_authorised(batch_id, context.actor, batches)
    return batches.save(context, files_of(batch, files).start(batch))


def cancel_batch(batch_id: BatchId, context: CommandContext, batches: Batches) -> Receipt:
    """Stop a table: what its rows gave stays, and the rest of them is not begun."""
    batch = load_authorised(batch_id, context.actor, batches)
    return batches.save(context, batch.cancel(clock.now()))
