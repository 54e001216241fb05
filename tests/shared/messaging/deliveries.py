"""Messages as the queue delivers them, and what the sweep sends."""

import json
from datetime import UTC, datetime
from typing import Any

from shared.events.base import Event, to_cloud_event
from shared.messaging import consumer, sweep
from shared.messaging.subscriptions import Subscriptions
from shared.storage.rows import DUE_SHARDS
from shared.storage.store import Store
from tests.simulation.sample_service import CaseOpened, StepTaken
from tests.support.lambda_context import Context

CALM = Context()
NOW = datetime(2026, 9, 14, 5, 0, tzinfo=UTC)


def message(event: Event, number: int, sequence: int) -> str:
    detail = to_cloud_event(
        event,
        event_id=f"evt_{number}",
        time=NOW,
        sequence=sequence,
        correlation_id="cor_1",
        causation_id=None,
    )
    return json.dumps({"detail-type": event.detail_type(), "detail": json.loads(detail)})


def opened(case_id: str = "case_1") -> CaseOpened:
    return CaseOpened(region="ZR", case_id=case_id)


def step(total: int, case_id: str = "case_1") -> StepTaken:
    return StepTaken(region="ZR", case_id=case_id, token=f"t{total}", total=total)


def feed(store: Store, inbound: Subscriptions, *bodies: str, context: Any = CALM) -> list[str]:
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    if not records:
        return []  # Lambda brings no empty batch
    answer = consumer.consume({"Records": records}, context, inbound, store)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def due_messages(store: Store) -> list[str]:
    sent: list[str] = []

    class Queue:
        def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> None:
            sent.extend(entry["MessageBody"] for entry in Entries)

    sweep.sweep_due(store, Queue(), "q", DUE_SHARDS)
    return sent
