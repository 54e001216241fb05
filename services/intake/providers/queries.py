"""Looking up the organisations that a family can be sent to."""

from services.intake.policy import POLICY
from services.intake.providers.commands import ListProviders
from services.intake.providers.policy import PROVIDER, load_authorised
from services.intake.providers.repository import Providers, sector_prefix
from services.intake.providers.values import ProviderId
from services.intake.providers.views import ProviderView
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page


def list_providers(
    query: ListProviders, caller: Principal, providers: Providers
) -> Page[ProviderView]:
    """List the organisations of your region, all or of one sector."""
    partition = Partition.of_region(caller, query.region)
    return providers.page(
        "by_region",
        POLICY.require_list(caller, "list_providers", PROVIDER, partition),
        ProviderView.of_provider,
        caller=caller,
        query=query,
        prefix=sector_prefix(query.sector),
    )


def get_provider(provider_id: ProviderId, caller: Principal, providers: Providers) -> ProviderView:
    """Open one organisation."""
    return ProviderView.of_provider(load_authorised(provider_id, "view", caller, providers))
