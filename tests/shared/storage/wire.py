"""A wire to tables in memory that loses, throttles or cancels as a test says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from botocore.exceptions import ReadTimeoutError

from shared import clock
from shared.principal import Principal
from shared.storage.command_context import CommandContext, DedupKey
from shared.storage.rows import Key
from shared.storage.tables import Tables
from tests.simulation.fault_injection import client_error
from tests.simulation.sample_service import CaseOpened
from tests.support.memory_dynamodb import MemoryDynamoDB

TABLES = Tables("d", "o", "a", "k")
OPERATOR = Principal("usr_op", "person", "hotline_operator", regions=("ZR",))


class Wire:
    """The tables behind a wire that does what the test says to the next writes."""

    def __init__(self) -> None:
        self.tables = MemoryDynamoDB()
        self.plan: list[Callable[[Callable[[], Any]], Any]] = []
        self.requests: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tables, name)

    def transact_write_items(self, **request: Any) -> Any:
        self.requests.append(request)

        def effect() -> Any:
            return self.tables.transact_write_items(**request)

        return self.plan.pop(0)(effect) if self.plan else effect()


def lost_before(effect: Callable[[], Any]) -> Any:
    raise ReadTimeoutError(endpoint_url="x")


def lost_after(effect: Callable[[], Any]) -> Any:
    effect()
    raise ReadTimeoutError(endpoint_url="x")


def throttled(effect: Callable[[], Any]) -> Any:
    raise client_error("ThrottlingException", 400)


def cancelled(*codes: str) -> Callable[[Callable[[], Any]], Any]:
    """A wire on which a transaction is cancelled for these reasons."""

    def cancel(effect: Callable[[], Any]) -> Any:
        reasons = [{"Code": code} for code in codes]
        raise client_error("TransactionCanceledException", 400, CancellationReasons=reasons)

    return cancel


disturbed = cancelled("None", "TransactionConflict")
crowded = cancelled("ThrottlingError", "ProvisionedThroughputExceeded")


def context(once: DedupKey | None = None, **more: Any) -> CommandContext:
    return CommandContext(OPERATOR, "open_case", "cor_1", once=once, **more)


def key_of(name: str) -> DedupKey:
    return DedupKey(Key(f"IDEMPOTENCY#{name}", "IDEMPOTENCY"), clock.wall() + timedelta(days=1))


def opened(case_id: str) -> CaseOpened:
    return CaseOpened(region="ZR", case_id=case_id)
