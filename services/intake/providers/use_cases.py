"""Keeping the list of organisations that a family can be sent to."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.intake.codes.values import AidCategory
from services.intake.providers.domain import Provider, Sector
from services.intake.providers.repository import Providers, shelf
from shared import ids
from shared.identity.partitions import Partition
from shared.identity.policy import Policy, Resource
from shared.principal import Principal
from shared.privacy.contact import Line
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page

PROVIDER = "Provider"
ProviderId = Annotated[str, Field(pattern=ids.pattern("prv"))]


class RegisterProvider(BaseModel):
    """An organisation joins the list of a region; its help has no price."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    region: str = Field(pattern=r"^[A-Z0-9]{2,8}$")
    name: Line
    sector: Sector
    services: list[AidCategory] = Field(min_length=1, max_length=10)


class ProvidersQuery(BaseModel):
    """Which providers to list."""

    region: str | None = Field(default=None, max_length=8)
    sector: Sector | None = None
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=2048)


class ProviderView(BaseModel):
    """A provider as the staff of its region sees it."""

    id: str
    version: int
    name: str
    sector: str
    region: str
    services: tuple[str, ...]
    free: Literal[True] = True

    @classmethod
    def of(cls, provider: Provider) -> "ProviderView":
        """The facts of a provider."""
        return cls(
            id=provider.provider_id,
            version=provider.version,
            name=provider.name,
            sector=provider.sector,
            region=provider.region,
            services=provider.services,
        )


@dataclass(frozen=True, slots=True)
class ProviderDesk:
    """What these use cases work with."""

    providers: Providers
    policy: Policy


def register_provider(
    command: RegisterProvider, context: CommandContext, desk: ProviderDesk
) -> Receipt:
    """Put an organisation on the list."""
    regions.region(command.region)
    desk.policy.require_create(
        context.actor, "register_provider", Resource(PROVIDER, "new", region=command.region)
    )
    provider = Provider(
        provider_id=ids.new("prv"),
        name=command.name,
        sector=command.sector,
        region=command.region,
        services=tuple(dict.fromkeys(command.services)),
    )
    return desk.providers.save(context, provider)


def list_providers(
    query: ProvidersQuery, caller: Principal, desk: ProviderDesk
) -> Page[ProviderView]:
    """The organisations of a region, all or of one sector."""
    partition = Partition.of_region(caller, query.region)
    key = desk.policy.require_list(caller, "list_providers", PROVIDER, partition)
    return desk.providers.page(
        "by_region",
        key,
        ProviderView.of,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=shelf(query.sector),
    )


def get_provider(provider_id: str, caller: Principal, desk: ProviderDesk) -> ProviderView:
    """One organisation."""
    provider = desk.providers.get(provider_id)
    desk.policy.require(
        caller, "view", Resource(PROVIDER, provider.provider_id, region=provider.region)
    )
    return ProviderView.of(provider)


class ProviderPath(BaseModel):
    """Which organisation."""

    provider_id: ProviderId
