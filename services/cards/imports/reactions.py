"""The job of a batch: step after step until its table is worked through."""

from services.cards.cards.repository import Cards
from services.cards.imports import import_step
from services.cards.imports.repository import Batches
from services.cards.imports.values import BatchStatus
from services.cards.programmes.repository import Programmes
from shared.errors import Invalid
from shared.messaging.deadlines import Job
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext
from shared.storage.files import Files


def work_on_batch(
    batch_id: str,
    context: CommandContext,
    batches: Batches,
    cards: Cards,
    programmes: Programmes,
    vault: Vault,
    files: Files,
) -> None:
    """Work through the next rows; the commit hands the batch back to the queue for more."""
    batch = batches.find(batch_id)
    if batch is None or batch.status is not BatchStatus.RUNNING:
        return
    try:
        if not batch.titles:
            advanced = import_step.lay_out(batch, files)
        else:
            advanced = import_step.work(
                batch, context.correlation_id, cards, programmes, vault, files
            )
    except Invalid as unreadable:
        reason = import_step.CATALOGUE.field_text(unreadable.code, unreadable.facts)
        advanced = batch.fail(reason)
    batches.save(context, advanced)


def give_up_batch(batch_id: str, context: CommandContext, batches: Batches) -> None:
    """End a batch whose step never came to an end, with a reason that the clerk reads."""
    batch = batches.find(batch_id)
    if batch is not None and batch.status is BatchStatus.RUNNING:
        batches.save(context, batch.fail(import_step.CATALOGUE.field_text("job_given_up", {})))


JOBS = {"BATCH": Job(work_on_batch, give_up=give_up_batch)}
