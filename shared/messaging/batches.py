"""A batch of records, worked by Powertools' BatchProcessor: one that fails goes back alone.

With less than the reserve of time left the rest of a batch goes back untouched.
"""

from collections.abc import Callable
from typing import Any, Literal

from shared.observability import count, ends
from shared.storage.rows import Item

Source = Literal["SQS", "DynamoDBStreams"]

RESERVE_MS = 10_000


class NotBegun(Exception):
    """A record was not begun: the function would have been stopped in the middle of it."""


def work(batch: Item, context: Any, source: Source, handle: Callable[[Any], object]) -> Item:
    """Handle each record of a batch; the answer names the ones to deliver again."""
    # An API function imports this module and never comes here; the processor takes 30 ms to import.
    from aws_lambda_powertools.utilities.batch import (
        BatchProcessor,
        EventType,
        process_partial_response,
    )

    def in_time(record: Any) -> None:
        if context.get_remaining_time_in_millis() < RESERVE_MS:
            raise NotBegun
        handle(record)

    # One per batch: a processor keeps its records and errors until the next batch.
    processor = BatchProcessor(EventType[source], raise_on_entire_batch_failure=False)
    answer = process_partial_response(batch, in_time, processor, context)
    for _, error, _ in processor.exceptions:
        ends("partial", None if isinstance(error, NotBegun) else error)
    count("records_handled", len(processor.success_messages))
    count("records_returned", len(processor.fail_messages))
    return dict(answer)
