"""The job of a list of codes: written from the vault in steps, deleted in time."""

from functools import cache
from pathlib import Path
from typing import Any

from services.cards import card_numbers
from services.cards.cards import vault_records
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.cards.values import IN_USE, CardStatus
from services.cards.imports import result_file
from services.cards.imports.kinds.holders import HOLDERS
from services.cards.imports.repository import Batches, files_of
from services.cards.paper_codes.domain import PaperCodes
from services.cards.paper_codes.repository import LIST, PaperLists, codes_of, folder_of
from services.cards.taken_once import ListStatus
from shared import clock
from shared.data_files import read_toml
from shared.message_catalogue import Catalogue
from shared.messaging.deadlines import Job
from shared.principal import Principal
from shared.privacy.vault import Fields, Vault
from shared.storage.command_context import CommandContext
from shared.storage.files import Files
from shared.storage.office_tables.lines import FileInParts

CATALOGUE = Catalogue("services/cards/problems.toml")
LINES = 100
PIECE = 128 * 1024  # many times the longest line


@cache
def words() -> dict[str, Any]:
    """Return the words of the list."""
    return read_toml(Path(__file__).with_name("words.toml"))


def write_codes(
    batch_id: str,
    context: CommandContext,
    paper_lists: PaperLists,
    batches: Batches,
    cards: Cards,
    vault: Vault,
    files: Files,
) -> None:
    """Write the next lines of a list, or delete its file when its time is over."""
    codes, batch = paper_lists.find(batch_id), batches.find(batch_id)
    if codes is None or codes.due_at is None or codes.due_at > clock.now():
        return
    if codes.status is not ListStatus.WRITING:
        _delete(codes, files)
        paper_lists.save(context, codes.clean())
        return
    parts = FileInParts(files, folder_of(codes))
    result = files_of(batch, files).result if batch else ""
    piece = (files.read(result, codes.offset, PIECE) if result else None) or b""
    lines = [line for line in piece.splitlines(keepends=True)[:LINES] if line.endswith(b"\n")]
    if not lines:
        parts.join(codes.parts, words()["columns"], LIST)  # they are deleted with the file
        paper_lists.save(context, codes.finish(clock.now()))
        return
    found = _lines(result_file.on_paper(b"".join(lines), HOLDERS), codes, cards, vault)
    parts.add(codes.parts, found)
    offset = codes.offset + sum(map(len, lines))
    paper_lists.save(context, codes.advance(offset, len(found), clock.now()))


def _lines(
    wanted: list[result_file.PaperLine], codes: PaperCodes, cards: Cards, vault: Vault
) -> list[list[str]]:
    known = {card.id: card for card in cards.get_many(each.card_id for each in wanted)}
    waiting = [known[each.card_id] for each in wanted if not _why_none(known[each.card_id])]
    reader = Principal(id=codes.asked_by, kind="person", role=codes.role)
    opened = vault.open_many([*map(vault_records.number_and_code_of, waiting)], reader, "hand_over")
    fields = dict(zip((card.id for card in waiting), opened, strict=True))
    return [
        [each.line, each.key, *_line(known[each.card_id], fields.get(each.card_id))]
        for each in wanted
    ]


def _why_none(card: Card) -> str:
    """Return why a card has no code on the list, as an office may know it, and is not read."""
    if card.status is CardStatus.ISSUED and card.code.place == 1:
        return ""
    shown = CardStatus.ISSUED if card.status in IN_USE else card.status
    return str(words()["no_code"][shown])


def _line(card: Card, fields: Fields | None) -> list[str]:
    """Return number and code of a card that still waits for its first code."""
    if fields is None:
        return ["", "", "", _why_none(card)]
    number = card_numbers.in_fours(fields[vault_records.NUMBER])
    last_day = card.code.last_day.strftime("%d.%m.%Y")
    return [number, fields[vault_records.CODE], last_day, ""]


def _delete(codes: PaperCodes, files: Files) -> None:
    """Delete the list, and what was written on the way to it."""
    parts = FileInParts(files, folder_of(codes)).keys(codes.parts)
    files.delete([codes_of(codes), *parts])


def give_up_codes(
    batch_id: str, context: CommandContext, paper_lists: PaperLists, files: Files
) -> None:
    """End a list that never came to an end, with a reason for the clerk."""
    codes = paper_lists.find(batch_id)
    if codes is not None and codes.status is ListStatus.WRITING:
        _delete(codes, files)
        paper_lists.save(context, codes.fail(CATALOGUE.field_text("job_given_up", {})))


JOBS = {"PAPER_CODES": Job(write_codes, give_up=give_up_codes)}
