"""What people read of partners."""

from services.cards.cards.views import ContactView
from services.cards.offers.repository import LISTED, Offers, owner_key
from services.cards.partners import vault_records
from services.cards.partners.commands import PartnersQuery
from services.cards.partners.policy import load_authorised, shown_to
from services.cards.partners.repository import Partners, status_prefix
from services.cards.partners.values import PartnerId
from services.cards.partners.views import OfferView, PartnerView
from services.cards.policy import POLICY
from shared import clock
from shared.api.models import Paging
from shared.identity.partitions import Partition, whole_own_list
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.privacy.vault import Vault
from shared.readings.queries import note_look, page_of_readings
from shared.readings.views import ReadingView
from shared.storage.repository import Page


def list_partners(query: PartnersQuery, caller: Principal, partners: Partners) -> Page[PartnerView]:
    """List the partners of the caller's region, or those the caller manages."""
    manages = caller.role == "partner_manager"
    if manages:
        whole_own_list(query.region)
    partition = Partition.of_org(caller) if manages else Partition.of_region(caller, query.region)
    key = POLICY.require_list(caller, "list_partners", "Partner", partition)
    now, shown = clock.now(), shown_to(caller)
    return partners.page(
        "by_owner" if manages else "by_region",
        key,
        lambda partner: PartnerView.of_partner(shown(partner), now),
        caller=caller,
        query=query,
        prefix=status_prefix(query.status),
    )


def get_partner(partner_id: PartnerId, caller: Principal, partners: Partners) -> PartnerView:
    """Show a partner with its open offers."""
    return PartnerView.of_partner(
        load_authorised(partner_id, "view_details", caller, partners), clock.now()
    )


def list_offers(
    partner_id: PartnerId, query: Paging, caller: Principal, partners: Partners, offers: Offers
) -> Page[OfferView]:
    """List all versions of a partner's discount, the newest first."""
    partner = load_authorised(partner_id, "view_details", caller, partners)
    return offers.page(
        "by_owner",
        owner_key(partner.id),
        lambda record: OfferView.of_offer(record.offer, partner),
        caller=caller,
        query=query,
        prefix=LISTED,
        newest_first=True,
    )


def get_partner_contact(
    partner_id: PartnerId, caller: Principal, partners: Partners, vault: Vault
) -> ContactView:
    """Show the contact at a business; every read is audited."""
    partner = load_authorised(partner_id, "view_contact", caller, partners)
    return ContactView.of(vault_records.open_contact(partner, caller, vault))


def list_contact_readings(
    partner_id: PartnerId, query: Paging, caller: Principal, partners: Partners, log: AccessLog
) -> Page[ReadingView]:
    """Read who has read the contact at a business, the latest first; that look is recorded."""
    partner = load_authorised(partner_id, "list_readings", caller, partners)
    subject = vault_records.subject_of(partner)
    note_look(subject, caller, log)
    return page_of_readings(partner_id, [subject], query, caller, log)
