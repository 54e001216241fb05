"""What clubs, authorities and partners do together: from lead to partner, and its end."""

from services.cards.offers.domain import Offer
from services.cards.offers.repository import Offers
from services.cards.offers.values import OfferId
from services.cards.partners import events, policy, vault_records
from services.cards.partners.commands import (
    DeclinePartner,
    EditPartner,
    EndPartner,
    GiveNotice,
    ProposeOffer,
    ProposePartner,
    RecordAgreement,
)
from services.cards.partners.domain import Partner
from services.cards.partners.policy import load_authorised, new_partner, offering
from services.cards.partners.repository import Partners
from services.cards.partners.values import PartnerId, Source
from services.cards.policy import POLICY
from shared import clock, ids
from shared.privacy.contact import GivenContact
from shared.privacy.vault import Vault
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt

_SOURCES = {
    "regional_authority": Source.AUTHORITY,
    "district_office": Source.DISTRICT_OFFICE,
    "partner_manager": Source.PARTNER,
}


def propose_partner(
    body: ProposePartner, context: CommandContext, partners: Partners, vault: Vault
) -> Receipt:
    """Refer a business to the club as a partner."""
    districts, actor = _districts(body.region, body.district_ids), context.actor
    POLICY.require_create(actor, "propose_partner", new_partner(body.region, districts))
    partner_id = ids.new("par")
    partner = Partner(
        id=partner_id,
        region=body.region,
        title=body.title,
        category=body.category,
        district_ids=districts,
        source=_SOURCES.get(actor.role, Source.CLUB),
        proposed_by=actor.id,
        org=policy.managers_org(body.manager_org, actor) or partner_id,
        has_contact=body.contact is not None,
    )
    return partners.save_partner(
        context,
        partner,
        events=[events.lead_added(partner)],
        writes=vault_records.seal_contact(partner, body.contact, vault),
    )


def edit_partner(
    partner_id: PartnerId, body: EditPartner, context: CommandContext, partners: Partners
) -> Receipt:
    """Change a partner's title, category and districts."""
    partner = load_authorised(partner_id, "edit_partner", context.actor, partners)
    districts = _districts(partner.region, body.district_ids)
    edited = partner.edit(body.title, body.category, districts)
    return partners.save_partner(context, edited, events=[events.changed(edited)])


def _districts(region: str, codes: list[str]) -> tuple[str, ...]:
    """Return the districts of a business, each once; refuse one that the region has not."""
    for place, code in enumerate(codes):
        regions.check_district(region, code, f"/district_ids/{place}")
    return tuple(dict.fromkeys(codes))


def change_partner_contact(
    partner_id: PartnerId,
    body: GivenContact,
    context: CommandContext,
    partners: Partners,
    vault: Vault,
) -> Receipt:
    """Change the person of the business who is asked; only the club sees who it is."""
    partner = load_authorised(partner_id, "change_partner_contact", context.actor, partners)
    changed, sealed = partner.change_contact(), vault_records.change_contact(partner, body, vault)
    news = [events.contact_changed(changed)]
    return partners.save_partner(context, changed, events=news, writes=sealed)


def take_lead(partner_id: PartnerId, context: CommandContext, partners: Partners) -> Receipt:
    """Begin to talk with a lead."""
    partner = load_authorised(partner_id, "take_lead", context.actor, partners)
    return partners.save_partner(context, partner.take())


def decline_partner(
    partner_id: PartnerId,
    body: DeclinePartner,
    context: CommandContext,
    partners: Partners,
    vault: Vault,
) -> Receipt:
    """Note that no agreement came about."""
    partner = load_authorised(partner_id, "decline_partner", context.actor, partners)
    context.reason = body.reason
    declined = partner.decline(body.reason)
    return partners.save_partner(
        context,
        declined,
        events=[events.declined(declined)],
        writes=vault_records.erase_contact(partner, vault),
    )


def record_agreement(
    partner_id: PartnerId, body: RecordAgreement, context: CommandContext, partners: Partners
) -> Receipt:
    """Note the reference of the signed agreement, and whose managers it is with."""
    partner = load_authorised(partner_id, "record_agreement", context.actor, partners)
    agreed = partner.record_agreement(body.agreement_ref, body.manager_org or partner.org)
    policy.require_of_another(agreed, "record_agreement", context.actor)
    return partners.save_partner(context, agreed)


def publish_partner(partner_id: PartnerId, context: CommandContext, partners: Partners) -> Receipt:
    """Confirm for the club: families see the partner, tills may check cards."""
    partner = load_authorised(partner_id, "publish_partner", context.actor, partners)
    active = partner.publish(context.actor.id, clock.now(), regions.zone(partner.region))
    published = [active.book.get(offer.id) for offer in partner.book.proposed]
    event = events.activated(active, context.actor)
    return partners.save_partner(context, active, events=[event], offers_changed=published)


def pause_partner(partner_id: PartnerId, context: CommandContext, partners: Partners) -> Receipt:
    """Take a break from the programme."""
    partner = load_authorised(partner_id, "pause_partner", context.actor, partners).pause()
    return partners.save_partner(context, partner, events=[events.paused(partner, context.actor)])


def resume_partner(partner_id: PartnerId, context: CommandContext, partners: Partners) -> Receipt:
    """Return from a break."""
    partner = load_authorised(partner_id, "resume_partner", context.actor, partners).resume()
    event = events.activated(partner, context.actor, again=True)
    return partners.save_partner(context, partner, events=[event])


def give_notice(
    partner_id: PartnerId, body: GiveNotice, context: CommandContext, partners: Partners
) -> Receipt:
    """Say that the partner will leave after a day."""
    partner = load_authorised(partner_id, "give_notice", context.actor, partners)
    zone, now = regions.zone(partner.region), clock.now()
    leaving = partner.give_notice(body.last_day, body.reason, calendar.local_date(zone, now), zone)
    context.reason = body.reason
    noticed = events.withdrawal_noticed(partner, leaving, context.actor)
    noticed += events.averted(partner, leaving, now)
    return partners.save_partner(context, leaving, events=noticed)


def withdraw_notice(partner_id: PartnerId, context: CommandContext, partners: Partners) -> Receipt:
    """Say that the partner stays, though it had given notice."""
    leaving = load_authorised(partner_id, "withdraw_notice", context.actor, partners)
    stays = leaving.withdraw_notice()
    news = events.notice_withdrawn(leaving, stays, context.actor, clock.now())
    return partners.save_partner(context, stays, events=news)


def end_partner(
    partner_id: PartnerId,
    body: EndPartner,
    context: CommandContext,
    partners: Partners,
    vault: Vault,
) -> Receipt:
    """End the partnership now."""
    partner = load_authorised(partner_id, "end_partner", context.actor, partners)
    context.reason = body.reason
    ended = partner.end(body.reason)
    return partners.save_partner(
        context,
        ended,
        events=[events.ended(ended)],
        writes=vault_records.erase_contact(partner, vault),
    )


# offers -------------------------------------------------------------------------------------


def propose_offer(
    partner_id: PartnerId, body: ProposeOffer, context: CommandContext, partners: Partners
) -> Receipt:
    """Propose a fixed discount; the answer's number is the version's id."""
    partner = load_authorised(partner_id, "propose_offer", context.actor, partners)
    now = clock.now()
    offer = Offer(
        id=ids.new("ofr"),
        number=partner.book.made + 1,
        discount=body.discount,
        goods_scope=body.goods_scope,
        outlets=partner.shops.set_of(body.outlet_ids),
        valid_from=body.valid_from,
        valid_to=body.valid_to,
    )
    today = calendar.local_date(regions.zone(partner.region), now)
    proposed = partner.propose_offer(offer, today, now)
    published = events.offer_proposed(proposed, offer)
    return partners.save_partner(
        context, proposed, events=published, offers_changed=[offer], number=offer.id
    )


def publish_offer(
    partner_id: PartnerId,
    offer_id: OfferId,
    context: CommandContext,
    partners: Partners,
    offers: Offers,
) -> Receipt:
    """Confirm a version; one before it waits, and resumes if this one ends first."""
    partner = load_authorised(partner_id, "publish_offer", context.actor, partners)
    zone, now = regions.zone(partner.region), clock.now()
    today = calendar.local_date(zone, now)
    with offering(partner, context.actor):
        offers.require_open(partner.id, partner.book, offer_id)
        changed = partner.publish_offer(offer_id, today, zone)
    offer, averted = changed.book.get(offer_id), events.offers_renewed(partner, changed, now)
    published = [events.offer_changed(changed, offer, context.actor), *averted]
    return partners.save_partner(context, changed, events=published, offers_changed=[offer])


def withdraw_offer(
    partner_id: PartnerId,
    offer_id: OfferId,
    context: CommandContext,
    partners: Partners,
    offers: Offers,
) -> Receipt:
    """Take back a version before it comes into force."""
    partner = load_authorised(partner_id, "withdraw_offer", context.actor, partners)
    now = clock.now()
    with offering(partner, context.actor):
        offers.require_open(partner.id, partner.book, offer_id)
        offer, changed = partner.book.get(offer_id), partner.withdraw_offer(offer_id, now)
    news, withdrawn = events.offer_withdrawn(changed, offer, context.actor), offer.withdraw(now)
    news += events.offers_missing(partner, changed, now)
    return partners.save_partner(context, changed, events=news, offers_changed=[withdrawn])
