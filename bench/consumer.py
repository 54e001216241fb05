"""What an event costs its consumer, against Powertools' batch and parser that just write.

Baseline: each record parsed by Powertools' parser into the same model, then the very transaction
that our side sent for it, by boto3's default client; and the same with our side's reads, too.
Events come in batches of ten, of which none is a repeat.
"""

import contextlib
import itertools
import json
import os
from collections.abc import Callable, Sequence
from typing import Any, cast

from bench.aws_stub import environment, running
from bench.cold_start import care_required
from bench.harness import Ratio, compare, cpu_of
from bench.recording import Recording

PROCESSES = 5
ROUNDS = 11
TIMES = 8
BATCH = 10
WRITE = "transact_write_items"

Calls = Sequence[tuple[str, dict[str, Any]]]


class _Invocation:
    """What a function is told of itself."""

    aws_request_id = "bench"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return the time of a function that has just begun."""
        return 30_000


def measure() -> list[Ratio]:
    """The comparisons of a batch."""
    with running(tls=False) as stub:
        os.environ.update(environment(stub, "matching"))
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            return _batch_of_events()


def _batch_of_events() -> list[Ratio]:
    from services.matching import app
    from shared.storage import connection

    store, batches = connection.store(), _batches()
    recording = Recording(store.client)
    store.client = recording
    _require_done(app.on_messages(next(batches), _Invocation()))
    store.client = recording.client
    calls = recording.calls[: len(recording.calls) // BATCH]
    writes = [(name, request) for name, request in calls if name == WRITE]
    if len(writes) != 1 or "INBOX#on_care_required#" not in str(writes):
        raise RuntimeError(f"no event was consumed: {calls}")

    def ours() -> None:
        _require_done(app.on_messages(next(batches), _Invocation()))

    sides = (
        ("the same writes", writes),
        ("the same calls", calls),
    )
    return [
        compare(
            f"an event consumed ÷ Powertools' batch and parser, {name}",
            cpu_of(ours, TIMES),
            cpu_of(_bare(sent, batches), TIMES),
            aim=1.30,
            rounds=ROUNDS,
        )
        for name, sent in sides
    ]


def _bare(calls: Calls, batches: Any) -> Callable[[], None]:
    import boto3
    from aws_lambda_powertools.utilities.batch import (
        BatchProcessor,
        EventType,
        process_partial_response,
    )
    from aws_lambda_powertools.utilities.parser import parse

    from shared.events.intake import CareRequired

    client, invocation = boto3.client("dynamodb"), cast("Any", _Invocation())

    def handle(record: Any) -> None:
        parse(json.loads(record.body)["detail"]["data"], CareRequired)
        for name, request in calls:
            getattr(client, name)(**request)

    def run() -> None:
        processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
        batch = next(batches)
        _require_done(process_partial_response(batch, handle, processor, invocation))

    run()
    return run


def _batches() -> Any:
    """Batches of messages, each of a number of its own."""
    (record,) = care_required()["Records"]
    numbers = itertools.count()
    while True:
        yield {"Records": [record | {"messageId": str(next(numbers))} for _ in range(BATCH)]}


def _require_done(answer: Any) -> None:
    if answer != {"batchItemFailures": []}:
        raise RuntimeError(answer)
