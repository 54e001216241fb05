"""The carriers' servers, and the stage's providers that speak to them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.notifications.channels.port import DeliveryStatus, OutgoingMessage
from services.notifications.channels.registry import Channels, configured
from shared.api.inputs import Request
from tests.support.carriers import CarrierServer, carrier_server
from tests.support.world import World, at, world_at

PARAMETER = "/ryadom/test/channels"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrierServer]:
    """All carriers."""
    with carrier_server(tmp_path_factory.mktemp("carriers")) as found:
        yield found


@pytest.fixture(scope="module")
def world(server: CarrierServer) -> Iterator[World]:
    """Notifications, with the parameter of its channels."""
    with world_at(at("2026-09-14 10:00"), ("notifications",)) as world:
        world.parameters.values[PARAMETER] = json.dumps(server.configuration())
        world.environment = {
            "CHANNEL_SECRETS": PARAMETER,
            "API_URL": "https://ryadom.test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        yield world


@pytest.fixture
def container(world: World) -> Iterator[None]:
    """A container of notifications."""
    with world.service("notifications"):
        yield


@pytest.fixture
def provider(container: None, server: CarrierServer) -> Callable[[str], Any]:
    """Return a provider of the stage by its name; no fault is left over."""
    for name in server.configuration():
        server.provider.fail("none", 0, name)
    return lambda name: configured()[name]


@pytest.fixture
def channels(container: None) -> Channels:
    """All providers of the stage."""
    return Channels.connect()


def message(identifier: str, channel: str = "sms", to: str = "+79161234567") -> OutgoingMessage:
    """A message to hand over."""
    return OutgoingMessage(
        message_id=f"msg_{identifier}", channel=channel, to=to, title="Тема", text="Здравствуйте!",
        template="request_received_family", recipient_role="family", region="ZR",
        reference="req_1", event_id="evt_1", correlation_id="cor_1",
    )  # fmt: skip


def request(body: Any, headers: dict[str, str] | None = None, **path: str) -> Request:
    """A request of a provider to the webhook."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Request({"body": text, "headers": headers or {}, "pathParameters": path})


FATES = {
    "none": DeliveryStatus.TAKEN,
    "late": DeliveryStatus.TAKEN,
    "refuse": DeliveryStatus.REFUSED,
    "too_many": DeliveryStatus.ABSENT,
    "error": DeliveryStatus.UNKNOWN,
    "accept_then_timeout": DeliveryStatus.UNKNOWN,
    "half": DeliveryStatus.UNKNOWN,
    "nonsense": DeliveryStatus.UNKNOWN,
    "error_body": DeliveryStatus.UNKNOWN,
}


def fates(
    server: CarrierServer, found: Any, name: str, channel: str, to: str
) -> dict[str, DeliveryStatus]:
    """Send a message in each weather, once each; return what the provider reported."""
    reports = {}
    for fault in FATES:
        server.provider.fail(fault, 1, name)
        reports[fault] = found.send(message(f"{name}-{fault}", channel, to)).status
    return reports
