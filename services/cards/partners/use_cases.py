"""What clubs, authorities and partners do together: from lead to partner, and its end."""

from typing import Any

from services.cards import policy
from services.cards.cards.commands import ContactView
from services.cards.partners import vault_records as lead
from services.cards.partners.commands import (
    EndPartner,
    GiveNotice,
    PartnersQuery,
    ProposePartner,
    PublicQuery,
)
from services.cards.partners.domain import Partner
from services.cards.partners.repository import Partners, of_status
from services.cards.partners.values import DeclineReason, Source, Status
from services.cards.partners.views import PartnerView, PublicPartner, PublicPartners
from shared import clock, ids
from shared.errors import NotFound
from shared.events import cards as told
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page

_SOURCES = {
    "regional_authority": Source.AUTHORITY,
    "district_office": Source.DISTRICT_OFFICE,
    "partner_manager": Source.PARTNER,
}


def propose_partner(body: ProposePartner, context: CommandContext, partners: Partners) -> Receipt:
    """Refer a business to the club."""
    for place, district in enumerate(body.district_ids):
        regions.check_district(body.region, district, f"/district_ids/{place}")
    districts = tuple(dict.fromkeys(body.district_ids))
    policy.POLICY.require_create(
        context.actor, "propose_partner", policy.new_partner(body.region, districts)
    )
    partner_id = ids.new("par")
    own = context.actor.org if context.actor.role == "partner_manager" else None
    partner = Partner(
        id=partner_id,
        region=body.region,
        title=body.title,
        category=body.category,
        district_ids=districts,
        source=_SOURCES.get(context.actor.role, Source.CLUB),
        proposed_by=context.actor.id,
        org=own or body.manager_org or partner_id,
        has_contact=body.contact is not None,
    )
    event = told.PartnerLeadAdded(**about(partner), source=partner.source.value)
    sealed = lead.seal(partner, body.contact)
    return partners.save_partner(context, partner, events=[event], sealed=sealed)


def take_lead(partner_id: str, context: CommandContext, partners: Partners) -> Receipt:
    """The club begins to talk with a lead."""
    partner = allowed(partner_id, "take_lead", context.actor, partners)
    return partners.save_partner(context, partner.take())


def decline_partner(
    partner_id: str, reason: DeclineReason, context: CommandContext, partners: Partners
) -> Receipt:
    """No agreement came about."""
    partner = allowed(partner_id, "decline_partner", context.actor, partners)
    context.reason = reason.value
    return partners.save_partner(context, partner.decline(reason), sealed=lead.forget(partner))


def record_agreement(
    partner_id: str, agreement_ref: str, context: CommandContext, partners: Partners
) -> Receipt:
    """Note the signed agreement, without which nothing is published."""
    partner = allowed(partner_id, "record_agreement", context.actor, partners)
    return partners.save_partner(context, partner.record_agreement(agreement_ref))


def publish_partner(partner_id: str, context: CommandContext, partners: Partners) -> Receipt:
    """The club confirms: families see the partner, tills may check cards."""
    partner = allowed(partner_id, "publish_partner", context.actor, partners)
    active = partner.publish(context.actor.id, clock.now())
    return partners.save_partner(context, active, events=[told.PartnerActivated(**about(active))])


def pause_partner(partner_id: str, context: CommandContext, partners: Partners) -> Receipt:
    """The partner takes a break; its tills are refused."""
    partner = allowed(partner_id, "pause_partner", context.actor, partners).pause()
    return partners.save_partner(context, partner, events=[told.PartnerPaused(**about(partner))])


def resume_partner(partner_id: str, context: CommandContext, partners: Partners) -> Receipt:
    """The break is over."""
    partner = allowed(partner_id, "resume_partner", context.actor, partners).resume()
    event = told.PartnerActivated(**about(partner), again=True)
    return partners.save_partner(context, partner, events=[event])


def give_notice(
    partner_id: str, body: GiveNotice, context: CommandContext, partners: Partners
) -> Receipt:
    """The partner will leave; holders are told while they can still use the discount."""
    partner = allowed(partner_id, "give_notice", context.actor, partners)
    today = calendar.local_date(regions.zone(partner.region), clock.now())
    leaving = partner.give_notice(body.last_day, body.reason, today)
    context.reason = body.reason.value
    event = told.PartnerWithdrawalNoticed(
        **about(leaving), last_day=body.last_day.isoformat(), reason=body.reason.value
    )
    return partners.save_partner(context, leaving, events=[event])


def end_partner(
    partner_id: str, body: EndPartner, context: CommandContext, partners: Partners
) -> Receipt:
    """Either side ends the partnership now; all its store keys are refused."""
    partner = allowed(partner_id, "end_partner", context.actor, partners).end(body.reason)
    context.reason = body.reason.value
    sealed = lead.forget(partner)
    return partners.save_partner(context, partner, events=[_ended(partner)], sealed=sealed)


def partner_due(partner_id: str, context: CommandContext, partners: Partners) -> None:
    """The notice has run out: the partner leaves."""
    partner = partners.find(partner_id)
    if partner is None or not partner.is_leaving(clock.now()):
        return
    left = partner.leave()
    partners.save_partner(context, left, events=[_ended(left)], sealed=lead.forget(left))


# reading ------------------------------------------------------------------------------------


def list_public(query: PublicQuery, partners: Partners) -> PublicPartners:
    """Active partners of a region, a district, a category: for everybody."""
    regions.region(query.region, "region")
    if query.district is not None:
        regions.check_district(query.region, query.district, "district")
    now = clock.now()
    found = [
        PublicPartner.of(partner, now)
        for partner in partners.active_in(query.region, query.category)
        if query.district in (None, *partner.district_ids)
    ]
    return PublicPartners(region=query.region, items=sorted(found, key=lambda p: p.title))


def show_public(partner_id: str, partners: Partners) -> PublicPartner:
    """An active partner, for everybody."""
    partner = partners.get(partner_id)
    if partner.status is not Status.ACTIVE:
        raise NotFound("partner", partner_id)
    return PublicPartner.of(partner, clock.now())


def list_partners(query: PartnersQuery, caller: Principal, partners: Partners) -> Page[PartnerView]:
    """The register of the caller's region, or the partners that the caller manages."""
    manages = caller.role == "partner_manager"
    partition = Partition.of_org(caller) if manages else Partition.of_region(caller, query.region)
    key = policy.POLICY.require_list(caller, "list_partners", "Partner", partition)
    now = clock.now()
    return partners.page(
        "by_owner" if manages else "by_region",
        key,
        lambda partner: PartnerView.of(partner, now),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix="" if manages else of_status(query.status),
    )


def show_contact(partner_id: str, caller: Principal, partners: Partners) -> ContactView:
    """Whom the club may ask about a partner."""
    return lead.show(allowed(partner_id, "view_contact", caller, partners), caller)


# helpers ------------------------------------------------------------------------------------


def allowed(partner_id: str, action: str, caller: Principal, partners: Partners) -> Partner:
    """The partner, when the caller may do this to it."""
    partner = partners.get(partner_id)
    policy.POLICY.require(caller, action, policy.partner(partner))
    return partner


def about(partner: Partner) -> dict[str, Any]:
    """What every event of a partner says."""
    return {
        "region": partner.region,
        "partner_id": partner.id,
        "district_ids": partner.district_ids,
        "category": partner.category.value,
    }


def _ended(partner: Partner) -> told.PartnerEnded:
    return told.PartnerEnded(**about(partner), reason=partner.reason or "other")
