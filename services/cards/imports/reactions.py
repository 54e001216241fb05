"""The job of a batch: step after step until its table is worked through."""

from functools import partial

from services.cards.cards.repository import Cards
from services.cards.imports import import_step, result_file
from services.cards.imports.domain import Batch
from services.cards.imports.kinds import holders
from services.cards.imports.kinds.holders import HOLDERS
from services.cards.imports.repository import Batches, working_files
from services.cards.imports.values import BatchStatus
from services.cards.programmes.repository import Programmes, RememberedProgrammes
from shared import clock
from shared.errors import Invalid
from shared.message_catalogue import Catalogue
from shared.messaging.deadlines import Job
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext
from shared.storage.files import Files
from shared.storage.rehearsal import Rehearsal

CATALOGUE = Catalogue("services/cards/problems.toml")


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
    if batch is None:
        return
    if batch.ended:
        _clean_up(batch, context, batches, files)
        return
    try:
        if batch.status is BatchStatus.WAITING:
            raise Invalid("file_never_came")
        if not batch.titles:
            advanced = import_step.lay_out(batch, HOLDERS, files)
        else:
            make = partial(
                holders.issue,
                cards=cards if not batch.dry_run else Cards(Rehearsal(cards.store, batch.id)),
                programmes=RememberedProgrammes(programmes),
                vault=vault,
            )
            advanced = import_step.work(batch, HOLDERS, make, context.correlation_id, files)
    except Invalid as unreadable:
        advanced = _failed(batch, unreadable, files)
    batches.save(context, advanced)


def _failed(batch: Batch, why: Invalid, files: Files) -> Batch:
    """End a batch with a reason that the clerk reads, and the result of the rows before it."""
    if batch.parts:
        result_file.finish(batch, HOLDERS, files)
    return batch.fail(CATALOGUE.field_text(why.code, why.facts), clock.now())


def _clean_up(batch: Batch, context: CommandContext, batches: Batches, files: Files) -> None:
    """Delete what holds names and phones, as soon as the work is over."""
    if batch.clean_at is not None and batch.clean_at <= clock.now():
        files.delete(working_files(batch, result_file.GATHERED))
        batches.save(context, batch.clean(clock.now()))


def give_up_batch(batch_id: str, context: CommandContext, batches: Batches, files: Files) -> None:
    """End a batch whose step never came to an end, with a reason that the clerk reads."""
    batch = batches.find(batch_id)
    if batch is not None and not batch.ended:
        batches.save(context, _failed(batch, Invalid("job_given_up"), files))


JOBS = {"BATCH": Job(work_on_batch, give_up=give_up_batch)}
