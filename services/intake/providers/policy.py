"""Providers as `policy.cedar` sees them."""

from services.intake.policy import POLICY
from services.intake.providers.domain import Provider
from services.intake.providers.repository import Providers
from shared.errors import Forbidden, Invalid
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
    POLICY.require(principal, action, _resource(provider))
    return provider


def load_chosen(
    provider_id: str, region: str, principal: Principal, providers: Providers
) -> Provider:
    """Load a provider of a family's region that is not the caller's own organisation."""
    provider = providers.find(provider_id)
    if provider is None or provider.region != region:
        raise Invalid("unknown_provider", "/provider_id")
    if not POLICY.allows(principal, "choose_provider", _resource(provider)):
        raise Forbidden("choose_provider", "own_provider")
    return provider


def _resource(provider: Provider) -> Resource:
    about = provider.provider_id
    return Resource(PROVIDER, about, region=provider.region, org=about)
