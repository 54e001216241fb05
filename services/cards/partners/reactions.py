"""What time alone does to a partner."""

from services.cards.partners import events, vault_records
from services.cards.partners.repository import Partners
from shared import clock
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext


def end_after_notice(
    partner_id: str, context: CommandContext, partners: Partners, vault: Vault
) -> None:
    """End a partnership whose notice has run out."""
    partner = partners.find(partner_id)
    if partner is None or not partner.due(clock.now(), regions.zone(partner.region)):
        return
    left = partner.leave()
    partners.save_partner(
        context,
        left,
        events=[events.ended(left)],
        writes=vault_records.erase_contact(left, vault),
    )


DEADLINES = {"PARTNER": end_after_notice}
