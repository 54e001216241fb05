"""Keeping the list of organisations that a family can be sent to."""

from services.intake.policy import POLICY
from services.intake.providers.commands import RegisterProvider
from services.intake.providers.domain import Provider
from services.intake.providers.policy import new_provider
from services.intake.providers.repository import Providers
from shared import ids
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
