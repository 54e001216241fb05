"""What a clerk does with the codes of a table: ask for the list, take it once."""

from services.cards.imports.repository import Batches
from services.cards.imports.values import BatchId
from services.cards.paper_codes.domain import PaperCodes
from services.cards.paper_codes.policy import load_own_batch
from services.cards.paper_codes.repository import PaperLists
from shared import clock
from shared.errors import IllegalStep
from shared.events.cards_tables import PaperCodesTaken
from shared.storage.command_context import CommandContext, Receipt


def ask_for_codes(
    batch_id: BatchId, context: CommandContext, batches: Batches, paper_lists: PaperLists
) -> Receipt:
    """Ask for the numbers and codes of the cards that have no phone."""
    batch = load_own_batch(batch_id, context.actor, batches)
    if not batch.ended:
        raise IllegalStep("table_not_done")
    if not batch.has_codes_on_paper:
        raise IllegalStep("no_codes_on_paper")
    earlier, now = paper_lists.find(batch.id), clock.now()
    if earlier is not None:
        return paper_lists.save(context, earlier.write_again(now))
    codes = PaperCodes(
        id=batch.id,
        region=batch.region,
        asked_by=context.actor.id,
        role=context.actor.role,
        asked_at=now,
        due_at=now,
    )
    return paper_lists.save(context, codes)


def take_codes(
    batch_id: BatchId, context: CommandContext, batches: Batches, paper_lists: PaperLists
) -> Receipt:
    """Take the list: a link of five minutes, given this one time."""
    now = clock.now()
    batch = load_own_batch(batch_id, context.actor, batches).take_codes(now)
    # The event is the table's, after that by which the list became work.
    taken = PaperCodesTaken(region=batch.region, batch_id=batch.id)
    codes = paper_lists.get(batch_id).take(now)
    return paper_lists.save(context, codes, batches.row(batch), events=[taken])
