"""The job of a batch: step after step until its table is worked through."""

from functools import partial

from services.cards.cards.repository import Cards
from services.cards.imports import import_step
from services.cards.imports.domain import Batch
from services.cards.imports.import_step import Make
from services.cards.imports.kinds import holders, shops
from services.cards.imports.repository import Batches, files_of
from services.cards.imports.values import TableOf
from services.cards.outlets.repository import Outlets
from services.cards.partners.repository import Partners
from services.cards.programmes.repository import Programmes, RememberedProgrammes
from shared import clock
from shared.errors import Invalid
from shared.events.base import Event
from shared.events.cards_tables import PaperCodesLapsed, PaperCodesWaiting
from shared.message_catalogue import Catalogue
from shared.messaging.deadlines import Job
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext
from shared.storage.files import Files
from shared.storage.rehearsal import Rehearsal

KINDS = {TableOf.HOLDERS: holders.HOLDERS, TableOf.SHOPS: shops.SHOPS}
CATALOGUE = Catalogue("services/cards/problems.toml")


def work_on_batch(
    batch_id: str,
    context: CommandContext,
    batches: Batches,
    cards: Cards,
    programmes: Programmes,
    partners: Partners,
    outlets: Outlets,
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
    kind, its_files = KINDS[batch.kind], files_of(batch, files)
    try:
        if not batch.titles:
            advanced = its_files.lay_out(batch, kind.columns_in(batch.region))
        else:
            make = _made_by(batch, cards, programmes, partners, outlets, vault)
            advanced = import_step.work(batch, kind, make, context.correlation_id, its_files)
        if advanced.ended:
            its_files.finish(advanced, kind.words["result"]["columns"])
    except Invalid as unreadable:
        advanced = _failed(batch, unreadable, files)
    batches.save(context, advanced, events=_waiting(advanced))


def _waiting(batch: Batch) -> list[Event]:
    """Return the event by which codes on paper become work of who sent the table."""
    if not batch.has_codes_on_paper:
        return []
    clerk = batch.clerk
    district = next(iter(clerk.districts), None)
    return [
        PaperCodesWaiting(
            region=batch.region,
            batch_id=batch.id,
            role=clerk.role,
            district_id=district,
            cards=batch.on_paper,
        )
    ]


def _made_by(
    batch: Batch,
    cards: Cards,
    programmes: Programmes,
    partners: Partners,
    outlets: Outlets,
    vault: Vault,
) -> Make:
    """Return what makes something of a row; in a dry run it is rehearsed."""
    if batch.dry_run:
        rehearsal = Rehearsal(cards.store, batch.id)
        cards, partners, outlets = Cards(rehearsal), Partners(rehearsal), Outlets(rehearsal)
    if batch.kind is TableOf.SHOPS:
        return partial(
            shops.add_shop,
            batch_id=batch.id,
            names=shops.PartnerNames(batch.region, batch.clerk, partners),
            partners=partners,
            outlets=outlets,
            vault=vault,
        )
    known = RememberedProgrammes(programmes)
    return partial(holders.issue, cards=cards, programmes=known, vault=vault)


def _failed(batch: Batch, why: Invalid, files: Files) -> Batch:
    """End a batch with a reason that the clerk reads, and the result of the rows before it."""
    files_of(batch, files).finish(batch, KINDS[batch.kind].words["result"]["columns"])
    return batch.fail(CATALOGUE.field_text(why.code, why.facts), clock.now())


def _clean_up(batch: Batch, context: CommandContext, batches: Batches, files: Files) -> None:
    """Delete what holds names and phones, as soon as the work is over; end that of codes in time.

    A list that was not taken holds no code that works: its holders are helped card by card.
    """
    now = clock.now()
    if batch.due_at is None or batch.due_at > now:
        return
    if batch.clean_at is not None:
        batches.save(context, files_of(batch, files).clean(batch))
        return
    lapsed = PaperCodesLapsed(region=batch.region, batch_id=batch.id)
    batches.save(context, batch.lapse_codes(now), events=[lapsed])


def give_up_batch(batch_id: str, context: CommandContext, batches: Batches, files: Files) -> None:
    """End a batch whose step never came to an end, with a reason that the clerk reads."""
    batch = batches.find(batch_id)
    if batch is not None and not batch.ended:
        failed = _failed(batch, Invalid("job_given_up"), files)
        batches.save(context, failed, events=_waiting(failed))


JOBS = {"BATCH": Job(work_on_batch, give_up=give_up_batch)}
