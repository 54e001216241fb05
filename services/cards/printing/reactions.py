"""The job of a print order: the drawing of its cards."""

from collections.abc import Sequence
from dataclasses import replace

from services.cards import qr_codes
from services.cards.cards import vault_records
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.cards.values import NOT_ON_PAPER
from services.cards.printing import pdf
from services.cards.printing.repository import Prints, file_of
from services.cards.printing.values import PrintStatus
from shared import clock, keyring
from shared.events.base import Received
from shared.events.cards import CardReplaced, CardRevoked
from shared.message_catalogue import Catalogue
from shared.messaging.deadlines import Job
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext
from shared.storage.files import Files

# As many as one commit takes; a sheet that is left over is handed out no more, and ends in time.
MOST_PRINTS = 6
CATALOGUE = Catalogue("services/cards/problems.toml")


def draw_print(
    print_id: str, context: CommandContext, prints: Prints, cards: Cards, vault: Vault, files: Files
) -> None:
    """Draw an order, and delete the file in time; the same order drawn twice is the same file.

    What was printed before is void when the new sheet is there, and not when it cannot be drawn.
    A card that a later order has drawn meanwhile is left out: the paper of that one stays good.
    """
    order = prints.find(print_id)
    if order is None or order.due_at is None or order.due_at > clock.now():
        return
    if order.status is not PrintStatus.DRAWING:
        files.delete([file_of(order)])
        prints.save(context, order.delete())
        return
    before = [cards.get(card_id) for card_id in order.card_ids]
    anew = [card.print_anew(order.id) for card in before]
    reader = Principal(id=order.ordered_by, kind="person", role=order.role)
    faces = _faces([card for card in anew if card.printed_by == order.id], reader, vault)
    if not faces:
        ended = before[0].status in NOT_ON_PAPER
        why = f"card_{before[0].status}" if ended else "card_printed_anew"
        prints.save(context, order.fail(CATALOGUE.field_text(why, {})))
        return
    files.write(file_of(order), pdf.pdf_of([*faces.values()]))
    for card, printed in zip(before, anew, strict=True):
        if card.id in faces and printed is not card:
            cards.save_card(replace(context, action="print_card"), printed)
    prints.save(
        context, order.drawn((card.id for card in before if card.id not in faces), clock.now())
    )


def _faces(cards: Sequence[Card], reader: Principal, vault: Vault) -> dict[str, pdf.Face]:
    """Return what is drawn, by card; of one that has ended or is held nothing is, nor read."""
    shown = [card for card in cards if card.status not in NOT_ON_PAPER]
    opened = vault.open_many([*map(vault_records.number_of, shown)], reader, "print_cards")
    key = keyring.from_env().child(qr_codes.STATIC_KEY)
    return {
        card.id: pdf.Face(
            fields[vault_records.NUMBER],
            qr_codes.static_token(key, card.handle, card.print_generation),
        )
        for card, fields in zip(shown, opened, strict=True)
        if fields is not None
    }


def withdraw_prints(
    received: Received[CardRevoked | CardReplaced], context: CommandContext, prints: Prints
) -> None:
    """Withdraw the sheets that show a card which ended: its holder may be erased from now on."""
    event = received.event
    shown = prints.list_ready(event.region, event.card_id)[:MOST_PRINTS]
    withdrawn = [prints.row(order.withdraw(clock.now())) for order in shown]
    prints.store.commit(context, *withdrawn)


def give_up_print(print_id: str, context: CommandContext, prints: Prints, files: Files) -> None:
    """End an order whose drawing never came to an end, with a reason for the person."""
    order = prints.find(print_id)
    if order is not None and order.status is PrintStatus.DRAWING:
        files.delete([file_of(order)])
        prints.save(context, order.fail(CATALOGUE.field_text("job_given_up", {})))


REACTIONS = {CardRevoked: withdraw_prints, CardReplaced: withdraw_prints}
LOOKS_AGAIN = (withdraw_prints,)
JOBS = {"PRINT": Job(draw_print, give_up=give_up_print)}
