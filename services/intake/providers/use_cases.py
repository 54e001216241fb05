"""Keeping the list of organisations that a family can be sent to."""

from services.intake.policy import POLICY
from services.intake.providers.commands import EditProvider, RegisterProvider
from services.intake.providers.domain import Provider
from services.intake.providers.policy import load_authorised, new_provider
from services.intake.providers.repository import Providers
from services.intake.providers.values import ProviderId
from shared import clock, ids
from shared.events.intake_aids import ProviderRetired
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def register_provider(
    body: RegisterProvider, context: CommandContext, providers: Providers
) -> Receipt:
    """Put an organisation on the list of your region."""
    regions.region(body.region)
    POLICY.require_create(context.actor, "register_provider", new_provider(body.region))
    provider = Provider(
        provider_id=ids.new("prv"),
        name=body.name,
        sector=body.sector,
        region=body.region,
        services=tuple(dict.fromkeys(body.services)),
    )
    return providers.save(context, provider)


def edit_provider(
    provider_id: ProviderId, body: EditProvider, context: CommandContext, providers: Providers
) -> Receipt:
    """Correct what is known of an organisation."""
    provider = load_authorised(provider_id, "edit_provider", context.actor, providers)
    return providers.save(context, provider.edit(body.name, body.sector, body.services))


def retire_provider(
    provider_id: ProviderId, context: CommandContext, providers: Providers
) -> Receipt:
    """Take an organisation off the list; headquarters hears which families it was to help."""
    provider = load_authorised(provider_id, "retire_provider", context.actor, providers)
    retired = ProviderRetired(region=provider.region, provider_id=provider_id)
    return providers.save(context, provider.retire(clock.now()), events=[retired])
