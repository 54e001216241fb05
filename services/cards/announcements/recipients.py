"""The holder of a card as the recipient of a message: about the card, or about a partner."""

from collections.abc import Mapping

from services.cards.announcements.domain import Announcement
from services.cards.announcements.reactions import PREFIX
from services.cards.announcements.repository import Announcements
from services.cards.cards import vault_records as card_records
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.cards.values import CardStatus
from services.cards.contact_changes.recipients import is_of_change, resolve_code, resolve_former
from services.cards.contact_changes.repository import ContactChanges
from services.cards.holders.repository import Holders
from services.cards.offers.words import size_of
from services.cards.partners import vault_records
from services.cards.partners.domain import Partner
from services.cards.partners.repository import Partners
from shared import clock
from shared.errors import IllegalStep
from shared.identity.sign_ins import SignIns
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.vault import Vault
from shared.reference import calendar, regions
from shared.sign_in.recipients import asks_for_code

PURPOSE = "notify_holder"


def resolve_holder(
    query: RecipientQuery,
    announcements: Announcements,
    partners: Partners,
    cards: Cards,
    sign_ins: SignIns,
    changes: ContactChanges,
    people: Holders,
    vault: Vault,
) -> Addressee | Refused:
    """Return the person of a reference: a holder, by card, code or news, or one of a partner."""
    if query.reference.startswith("par_"):
        return _contact_of(partners.get(query.reference), vault)
    if asks_for_code(query):
        return resolve_code(query, sign_ins, people, vault)
    if is_of_change(query):
        return resolve_former(query, changes, people, vault)
    if query.reference.startswith(f"{PREFIX}_"):
        return _reader_of(query, announcements, partners, cards, people, vault)
    return _holder_of(cards.get(query.reference), {}, people, vault)


def _reader_of(
    query: RecipientQuery,
    announcements: Announcements,
    partners: Partners,
    cards: Cards,
    people: Holders,
    vault: Vault,
) -> Addressee | Refused:
    """Return the holder who gets news, unless she wants none or they are no news any more."""
    announcement_id, _, card_id = query.reference.partition(".")
    announcement = announcements.get(announcement_id)
    card = cards.get(card_id)
    if card.status is not CardStatus.ACTIVE or not card.consent_community:
        return Refused(reference=query.reference, refused="no_consent")
    partner = partners.get(announcement.partner_id)
    today = calendar.local_date(regions.zone(partner.region), clock.now())
    if not announcement.holds(partner, today):
        return Refused(reference=query.reference, refused="news_outdated")
    known = {"partner": partner.title, "discount": _discount_of(announcement, partner)}
    return _holder_of(card, known, people, vault)


def _discount_of(announcement: Announcement, partner: Partner) -> str:
    """Return how large a new discount is, whether in some shops only, and to which day."""
    discount, offer = announcement.discount, partner.book.find(announcement.offer_id or "")
    if discount is None or offer is None:
        return ""
    in_some = partner.shops.holds_in_some(offer.outlets)
    return size_of(discount, in_some=in_some, until=partner.last_day_of(offer))


def _holder_of(card: Card, known: Mapping[str, str], people: Holders, vault: Vault) -> Addressee:
    """Return the holder, with what is known and, if a template names it, the activation code.

    After a theft nothing goes to a contact that is as old as that: who reads it is not her.
    """
    reader = system("resolve_recipients")
    contact = card_records.open_contact(card, reader, PURPOSE, vault)
    if contact is None:
        raise IllegalStep("no_channel")
    users = people.with_phone_of(card.holder_id)
    theft = {card.holder_id: card.stolen_at}
    had = [each.had_stolen_contact(theft.get(each.id)) for each in users]
    if any(had or [card.stolen_at]) or any(map(people.uses_stolen_phone, users)):
        raise IllegalStep("contact_stolen")

    def activation_code() -> str:
        if clock.now() >= card.code.expires_at:
            raise IllegalStep("code_expired")  # a message that comes late
        return card_records.open_card(card, reader, PURPOSE, vault)[card_records.CODE]

    return Addressee(
        contact, {**known, "activation_code": activation_code}, district_id=card.district_id
    )


def _contact_of(partner: Partner, vault: Vault) -> Addressee:
    contact = vault_records.open_contact(partner, system("resolve_recipients"), vault)
    return Addressee(contact, {"partner": partner.title})
