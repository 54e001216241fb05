"""What time alone does to a partner."""

from services.cards.offers.domain import Offer
from services.cards.partners import events, vault_records
from services.cards.partners.domain import Partner
from services.cards.partners.repository import Partners
from shared import clock
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext


def partner_due(partner_id: str, context: CommandContext, partners: Partners, vault: Vault) -> None:
    """Do what has come for a partner: the end of its notice, of a discount or of keys."""
    partner = partners.find(partner_id)
    come = () if partner is None else partner.due(clock.now(), regions.zone(partner.region))
    if partner is None or not come:
        return
    if "notice_over" in come:
        _end_after_notice(partner, context, partners, vault)
    elif "offer_lapsed" in come:
        _take_back(partner.book.proposed[0], partner, context, partners)
    elif "offer_ending" in come:
        _remind_of_ending(partner, context, partners)
    else:
        _remind_of_keys(partner, context, partners)


def _end_after_notice(
    partner: Partner, context: CommandContext, partners: Partners, vault: Vault
) -> None:
    left = partner.leave()
    partners.save_partner(
        context,
        left,
        events=[events.ended(left)],
        writes=vault_records.erase_contact(partner, vault),
    )


def _take_back(offer: Offer, partner: Partner, context: CommandContext, partners: Partners) -> None:
    """Take back a proposal whose day has come without a word of the club: it ends as work, too."""
    now = clock.now()
    changed = partner.withdraw_offer(offer.id, now)
    published, withdrawn = events.offer_withdrawn(changed, offer, None), offer.withdraw(now)
    partners.save_partner(context, changed, events=published, offers_changed=[withdrawn])


def _remind_of_ending(partner: Partner, context: CommandContext, partners: Partners) -> None:
    """Announce the end of a discount while it can still be renewed; one that is past, not."""
    ending = partner.runs_out_at
    ahead = ending is not None and ending > clock.now()
    announced = [events.offer_ending(partner, ending)] if ahead and ending else []
    partners.save_partner(context, partner.remind(), events=announced)


def _remind_of_keys(partner: Partner, context: CommandContext, partners: Partners) -> None:
    """Announce the end of store keys, without which tills cannot check a card."""
    ending = partner.shops.keys_end_at
    if ending is not None:
        reminded = partner.remind_of_keys()
        partners.save_partner(context, reminded, events=[events.keys_ending(reminded, ending)])


DEADLINES = {"PARTNER": partner_due}
