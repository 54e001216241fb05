"""How a provider calls, and what is kept of that."""

from typing import Any

from infra.local_platform.fake_carriers import CallBack
from tests.notifications.carrier_stage import Stage
from tests.support.api import Answer


def send(stage: Stage, path: str, asked: CallBack) -> Answer:
    """Call a webhook as a provider does."""
    api = stage.harness.world.api("notifications", None)
    return api.call("POST", f"/webhooks/{path}", asked.body, headers=asked.headers)


def updates(stage: Stage) -> list[dict[str, Any]]:
    """The stored updates."""
    return stage.harness.docs("PROVIDER_UPDATE")
