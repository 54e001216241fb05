"""Ids of due rows on their way to the service's own queues."""

import json
from collections.abc import Sequence
from typing import Any

from shared.storage.rows import Key

SEND_BATCH = 10


def send_due(queue: Any, queue_url: str, keys: Sequence[Key]) -> None:
    """Put ids of due rows on a queue. Losing one is harmless: the sweep comes again."""
    for start in range(0, len(keys), SEND_BATCH):
        queue.send_message_batch(
            QueueUrl=queue_url,
            Entries=[
                {"Id": str(place), "MessageBody": json.dumps({"due": [key.pk, key.sk]})}
                for place, key in enumerate(keys[start : start + SEND_BATCH])
            ],
        )
