"""How often and how long a delivery is tried."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.notifications.webhook_deliveries.domain import PAUSES, WebhookDelivery
from services.notifications.webhook_deliveries.values import HookStatus
from shared.errors import IllegalStep
from tests.support.world import at

NOW = at("2026-09-14 10:00")
DELIVERY = WebhookDelivery(
    delivery_id="whd_1",
    endpoint_id="whe_1",
    region="ZR",
    event_id="evt_1",
    event_type="intake.RequestReceived",
    body="{}",
    created_at=NOW,
    due_at=NOW,
)


@pytest.mark.parametrize("rests", [True, False])
def test_after_each_pause_it_is_due_again_and_after_the_last_no_more(rests: bool) -> None:
    delivery, waited = DELIVERY, list[timedelta]()

    def go_on(known: WebhookDelivery) -> WebhookDelivery:
        return known.record_rest(NOW) if rests else known.record_failure(500, NOW)

    while (delivery := go_on(delivery)).due_at is not None:
        assert delivery.status is HookStatus.WAITING
        waited.append(delivery.due_at - NOW)

    assert tuple(waited) == PAUSES
    assert (delivery.status, delivery.tries) == (HookStatus.FAILED, 0 if rests else len(PAUSES) + 1)


@pytest.mark.parametrize(
    "step",
    [
        lambda taken: taken.give_up(),
        lambda taken: taken.record_taken(200, NOW),
        lambda taken: taken.record_failure(500, NOW),
        lambda taken: taken.record_gone(410, NOW),
    ],
)
def test_what_has_arrived_is_given_up_no_more(
    step: Callable[[WebhookDelivery], WebhookDelivery],
) -> None:
    with pytest.raises(IllegalStep, match="webhook_delivery_delivered"):
        step(DELIVERY.record_taken(200, NOW))
