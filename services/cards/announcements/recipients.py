"""The holder of a card as the recipient of a message: about the card, or about a partner."""

from services.cards.announcements.reactions import PREFIX
from services.cards.announcements.repository import Announcements
from services.cards.cards import recipients as holders
from services.cards.cards.repository import Cards
from services.cards.cards.values import CardStatus
from services.cards.contact_changes.recipients import is_of_change, resolve_code, resolve_former
from services.cards.contact_changes.repository import ContactChanges
from services.cards.holders.repository import Holders
from services.cards.offers.words import size_of
from services.cards.partners import vault_records
from services.cards.partners.domain import Partner
from services.cards.partners.repository import Partners
from shared.identity.sign_ins import SignIns
from shared.messaging.recipients import Addressee, RecipientQuery, Refused
from shared.principal import system
from shared.privacy.vault import Vault
from shared.sign_in.recipients import asks_for_code


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
    if not query.reference.startswith(f"{PREFIX}_"):
        return holders.resolve_holder(query, cards, vault)
    announcement_id, _, card_id = query.reference.partition(".")
    announcement = announcements.get(announcement_id)
    card = cards.get(card_id)
    if card.status is not CardStatus.ACTIVE or not card.consent_community:
        return Refused(reference=query.reference, refused="no_consent")
    partner = partners.get(announcement.partner_id)
    size = announcement.discount
    known = {"partner": partner.title, "discount": size_of(size) if size else ""}
    return holders.holder_of(card, known, people, vault)


def _contact_of(partner: Partner, vault: Vault) -> Addressee:
    contact = vault_records.open_contact(partner, system("resolve_recipients"), vault)
    return Addressee(contact, {"partner": partner.title})
