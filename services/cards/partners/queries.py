"""What people read of partners."""

from services.cards.cards.views import ContactView
from services.cards.counters.repository import TillCounters
from services.cards.partners import vault_records
from services.cards.partners.commands import PartnersQuery, PublicQuery
from services.cards.partners.policy import load_authorised
from services.cards.partners.repository import Partners, status_prefix
from services.cards.partners.values import PartnerId, PartnerStatus
from services.cards.partners.views import PartnerView, PublicPartner, PublicPartners
from services.cards.policy import POLICY
from shared import clock
from shared.errors import NotFound
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.reference import calendar, regions
from shared.storage.repository import Page


def list_public_partners(query: PublicQuery, partners: Partners) -> PublicPartners:
    """List the active partners of a region, by district and category."""
    regions.region(query.region, "region")
    if query.district is not None:
        regions.check_district(query.region, query.district, "district")
    now = clock.now()
    found = [
        PublicPartner.of_partner(partner, now)
        for partner in partners.list_active(query.region, query.category)
        if query.district in (None, *partner.district_ids)
    ]
    return PublicPartners(region=query.region, items=sorted(found, key=lambda p: p.title))


def get_public_partner(partner_id: PartnerId, partners: Partners) -> PublicPartner:
    """Show an active partner with its outlets and discounts."""
    partner = partners.get(partner_id)
    if partner.status is not PartnerStatus.ACTIVE:
        raise NotFound("partner", partner_id)
    return PublicPartner.of_partner(partner, clock.now())


def list_partners(query: PartnersQuery, caller: Principal, partners: Partners) -> Page[PartnerView]:
    """List the partners of the caller's region, or those the caller manages."""
    manages = caller.role == "partner_manager"
    partition = Partition.of_org(caller) if manages else Partition.of_region(caller, query.region)
    key = POLICY.require_list(caller, "list_partners", "Partner", partition)
    now = clock.now()
    return partners.page(
        "by_owner" if manages else "by_region",
        key,
        lambda partner: PartnerView.of_partner(partner, now),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix="" if manages else status_prefix(query.status),
    )


def get_partner(
    partner_id: PartnerId, caller: Principal, partners: Partners, counters: TillCounters
) -> PartnerView:
    """Show a partner with its offers and keys."""
    partner = load_authorised(partner_id, "view_details", caller, partners)
    now = clock.now()
    today = calendar.local_date(regions.zone(partner.region), now)
    months = [f"{calendar.add_months(today, back):%Y-%m}" for back in (0, -1)]
    return PartnerView.of_partner(partner, now, counters.last_used(partner.id, months))


def get_partner_contact(
    partner_id: PartnerId, caller: Principal, partners: Partners, vault: Vault
) -> ContactView:
    """Show the contact at a business; every read is audited."""
    partner = load_authorised(partner_id, "view_contact", caller, partners)
    return ContactView.of(vault_records.open_contact(partner, caller, vault))
