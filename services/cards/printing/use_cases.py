"""Printed cards and stickers."""

from pydantic import BaseModel, Field

from services.cards import policy, qr_codes
from services.cards.cards import vault_records as sealed
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.cards.values import ENDED
from services.cards.fields import CardId
from services.cards.partners.repository import Partners
from services.cards.partners.use_cases import allowed
from services.cards.printing import pdf as sheet
from services.cards.printing.domain import MAX_CARDS, Print, Status
from services.cards.printing.repository import Prints, file_of
from shared import clock, ids, keyring
from shared.errors import IllegalStep, Invalid, NotFound
from shared.message_catalogue import Catalogue
from shared.principal import Principal
from shared.privacy.vault import RecordFields
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.files import Files

CATALOGUE = Catalogue("services/cards/problems.toml")


class OrderPrint(BaseModel):
    """The cards to put on paper: one, or a sheet."""

    card_ids: list[CardId] = Field(min_length=1, max_length=MAX_CARDS)


class PrintPath(BaseModel):
    """An order for printed cards."""

    print_id: str = Field(pattern=ids.pattern("prt"))


class PrintView(BaseModel):
    """The order, with a link of five minutes once the file is there."""

    id: str
    status: Status
    cards: int
    download_url: str | None
    failure: str | None
    version: int


class Sticker(BaseModel):
    """What a partner hangs at its door."""

    title: str
    discount: str | None
    hint: str
    link: str
    qr_svg: str


def order_print(body: OrderPrint, context: CommandContext, prints: Prints, cards: Cards) -> Receipt:
    """Have cards drawn: a holder the own one, a leader those of the territory."""
    if len(set(body.card_ids)) < len(body.card_ids):
        raise Invalid("card_named_twice", "/card_ids")
    found = [
        _printable(card_id, place, context, cards) for place, card_id in enumerate(body.card_ids)
    ]
    order = Print(
        id=ids.new("prt"),
        region=found[0].region,
        ordered_by=context.actor.acts_for,
        role=context.actor.role,
        card_ids=tuple(body.card_ids),
        ordered_at=clock.now(),
    )
    return prints.save(context, order)


def show_print(print_id: str, caller: Principal, prints: Prints, files: Files) -> PrintView:
    """The order of the caller, and where to fetch the file."""
    order = prints.get(print_id)
    if order.ordered_by != caller.acts_for:
        raise NotFound("print", print_id)
    ready = order.status is Status.READY
    return PrintView(
        id=order.id,
        status=order.status,
        cards=len(order.card_ids),
        download_url=files.download_link(file_of(order), "cards.pdf") if ready else None,
        failure=order.failure,
        version=order.version,
    )


def print_due(
    print_id: str, context: CommandContext, prints: Prints, cards: Cards, files: Files
) -> None:
    """Draw an order; the same order drawn twice is the same file."""
    order = prints.find(print_id)
    if order is None or order.status is not Status.DRAWING:
        return
    found = [cards.get(card_id) for card_id in order.card_ids]
    drawer = Principal(id=order.ordered_by, kind="person", role=order.role)
    wanted = [RecordFields(sealed.subject_of(c), c.id, (sealed.NUMBER,)) for c in found]
    opened = sealed.vault().open_many(wanted, drawer, "print_cards")
    key = keyring.from_env().child(qr_codes.STATIC_KEY)
    faces = [
        sheet.Face(fields[sealed.NUMBER], qr_codes.static_token(key, card.handle, card.generation))
        for card, fields in zip(found, opened, strict=True)
        if fields is not None and card.status not in ENDED
    ]
    if faces:
        files.write(file_of(order), sheet.pdf_of(faces))
    prints.save(context, order.drawn())


def give_up_print(print_id: str, context: CommandContext, prints: Prints) -> None:
    """A drawing that never came to an end: whoever ordered it is told."""
    order = prints.find(print_id)
    if order is not None and order.status is Status.DRAWING:
        prints.save(context, order.fail(CATALOGUE.field_text("job_given_up", {})))


def show_sticker(partner_id: str, caller: Principal, partners: Partners, site: str) -> Sticker:
    """The sticker of a partner: the discount in force and a QR to the public page."""
    partner = allowed(partner_id, "view_details", caller, partners)
    now = clock.now()
    spans = [span for outlet in partner.open_outlets for span in partner.spans(outlet, now)]
    percents = {span.percent for span in spans if span.starts_at <= now}
    words = sheet.words()["sticker"]
    link = f"{site}/partners/{partner.id}"
    return Sticker(
        title=words["title"],
        discount=words["percent"].format(percent=percents.pop()) if len(percents) == 1 else None,
        hint=words["scan"],
        link=link,
        qr_svg=sheet.qr_svg(link),
    )


def _printable(card_id: str, place: int, context: CommandContext, cards: Cards) -> Card:
    card = cards.find(card_id)
    if card is None or not policy.POLICY.allows(context.actor, "view_page", policy.card(card)):
        raise Invalid("unknown_card", f"/card_ids/{place}")
    if card.status in ENDED:
        raise IllegalStep(f"card_{card.status}")
    return card
