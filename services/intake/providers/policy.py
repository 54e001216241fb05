"""Providers as `policy.cedar` sees them."""

from services.intake.policy import POLICY
from services.intake.providers.domain import Provider
from services.intake.providers.repository import Providers
from shared.identity.policy import Resource
from shared.principal import Principal

PROVIDER = "Provider"


def new_provider(region: str) -> Resource:
    """Return the resource of a provider that is to be registered in a region."""
    return Resource(PROVIDER, "new", region=region)


def load_authorised(
    provider_id: str, action: str, principal: Principal, providers: Providers
) -> Provider:
    """Load a provider for a caller who may do this; a foreign one is as absent as none."""
    provider = providers.get(provider_id)
    resource = Resource(PROVIDER, provider.provider_id, region=provider.region)
    POLICY.require(principal, action, resource)
    return provider
