"""From a table to cards: upload, dry run, steps of a few lines each, a result file."""

from typing import Literal

from pydantic import BaseModel, Field

from services.cards import policy
from services.cards.cards.repository import Cards
from services.cards.fields import Region
from services.cards.imports import import_step as steps
from services.cards.imports.domain import Batch, Clerk, Format, RowProblem, Status
from services.cards.imports.repository import Batches, file_of
from services.cards.programmes.repository import Programmes
from shared import clock, ids
from shared.errors import IllegalStep, Invalid
from shared.principal import Principal
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.files import Files


class OpenBatch(BaseModel):
    """A table of holders to come; a dry run checks every line and issues nothing."""

    region: Region
    format: Format = "csv"
    dry_run: bool = True


class OpenedBatch(BaseModel):
    """Where to put the file, by PUT, within a quarter of an hour."""

    id: str
    version: int
    status: Status
    upload_url: str
    upload_method: Literal["PUT"] = "PUT"


class BatchPath(BaseModel):
    """A batch."""

    batch_id: str = Field(pattern=ids.pattern("bat"))


class BatchView(BaseModel):
    """How far a batch is, and what was wrong with its first bad lines."""

    id: str
    region: str
    status: Status
    dry_run: bool
    percent_done: int
    lines_done: int
    accepted: int
    refused: int
    skipped: int
    problems: list[RowProblem]
    failure: str | None
    version: int


class BatchResult(BaseModel):
    """Where to fetch the result file, within five minutes."""

    download_url: str


def open_batch(body: OpenBatch, context: CommandContext, batches: Batches) -> Receipt:
    """Announce a table of holders."""
    regions.region(body.region)
    actor = context.actor
    district = actor.districts[0] if actor.districts else ""
    target = policy.new_card(body.region, district, on_order=False)
    policy.POLICY.require_create(actor, "issue_batch", target)
    batch = Batch(
        id=ids.new("bat"),
        region=body.region,
        clerk=Clerk(id=actor.id, role=actor.role, regions=actor.regions, districts=actor.districts),
        format=body.format,
        dry_run=body.dry_run,
        opened_at=clock.now(),
    )
    return batches.save(context, batch)


def show_upload(receipt: Receipt, caller: Principal, batches: Batches, files: Files) -> OpenedBatch:
    """The link for the file."""
    batch = batches.get(receipt.id)
    return OpenedBatch(
        id=batch.id,
        version=receipt.version,
        status=Status.WAITING,
        upload_url=files.upload_link(file_of(batch, "upload")),
    )


def start_batch(batch_id: str, context: CommandContext, batches: Batches, files: Files) -> Receipt:
    """The file is uploaded: begin."""
    batch = _own(batch_id, context.actor, batches)
    size = files.size(file_of(batch, "upload"))
    if not size:
        raise IllegalStep("file_missing")
    return batches.save(context, batch.start(size, clock.now()))


def show_batch(batch_id: str, caller: Principal, batches: Batches) -> BatchView:
    """How far a batch is."""
    batch = _own(batch_id, caller, batches)
    return BatchView(
        **batch.model_dump(include=set(BatchView.model_fields)),
        percent_done=batch.percent_done,
        lines_done=batch.lines_done,
    )


def show_result(batch_id: str, caller: Principal, batches: Batches, files: Files) -> BatchResult:
    """The result file of a finished batch."""
    batch = _own(batch_id, caller, batches)
    if batch.status is not Status.DONE:
        raise IllegalStep("batch_not_done")
    name = file_of(batch, "result.csv")
    return BatchResult(download_url=files.download_link(name, f"{batch.id}.csv"))


def batch_due(
    batch_id: str,
    context: CommandContext,
    batches: Batches,
    cards: Cards,
    programmes: Programmes,
    files: Files,
) -> None:
    """Work through the next rows; the commit hands the batch back to the queue for more."""
    batch = batches.find(batch_id)
    if batch is None or batch.status is not Status.RUNNING:
        return
    try:
        if not batch.titles:
            moved = steps.lay_out(batch, files)
        else:
            moved = steps.work(batch, context.correlation_id, cards, programmes, files)
    except Invalid as unreadable:
        moved = batch.fail(steps.CATALOGUE.field_text(unreadable.code, unreadable.facts))
    batches.save(context, moved)


def give_up_batch(batch_id: str, context: CommandContext, batches: Batches) -> None:
    """A step that never came to an end: the clerk is told, and no worker dies of it again."""
    batch = batches.find(batch_id)
    if batch is not None and batch.status is Status.RUNNING:
        batches.save(context, batch.fail(steps.CATALOGUE.field_text("job_given_up", {})))


def _own(batch_id: str, caller: Principal, batches: Batches) -> Batch:
    batch = batches.get(batch_id)
    district = batch.clerk.districts[0] if batch.clerk.districts else ""
    thing = policy.batch(batch.id, batch.region, district)
    policy.POLICY.require(caller, "issue_batch", thing)
    return batch
