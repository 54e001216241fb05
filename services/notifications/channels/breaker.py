"""The breaker of each provider: Powertools' circuit breaker over the service's own table.

A provider that is unreachable, silent or out of room five times in a row rests for half a minute;
then one message tries it. While it rests, the next provider of the same channel is taken.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from services.notifications.channels.port import DeliveryReport, DeliveryStatus
from services.notifications.channels.wire import NOT_TAKEN, TOO_MANY, UNREACHABLE
from shared import aws, clock, settings
from shared.observability import count

PARTITION = "CIRCUIT"
RESTS_SECONDS = 30
FAILURES = 5
# How long a container believes what it has read of a breaker.
READ_AGAIN_SECONDS = 5
RESTING = "provider_resting"
UNWELL = (UNREACHABLE, TOO_MANY, NOT_TAKEN)


class _Unwell(Exception):
    """A provider's answer that says that it is not well."""

    def __init__(self, report: DeliveryReport) -> None:
        super().__init__()
        self.report = report


def guarded(provider: str, call: Callable[[], DeliveryReport]) -> DeliveryReport:
    """Call a provider unless it rests; what it answers is counted for or against it."""
    from aws_lambda_powertools.utilities.circuit_breaker import (
        CircuitBreakerOpenError,
        circuit_breaker,
    )

    def counted() -> DeliveryReport:
        report = call()
        if report.status is DeliveryStatus.UNKNOWN or report.code in UNWELL:
            raise _Unwell(report)
        return report

    protected = circuit_breaker(
        name=provider, persistence_store=_store(), config=_config(), on_transition=_note
    )(counted)
    try:
        report: DeliveryReport = protected()
    except CircuitBreakerOpenError:
        return DeliveryReport(DeliveryStatus.ABSENT, RESTING)
    except _Unwell as unwell:
        return unwell.report
    return report


def rests(provider: str) -> bool:
    """Whether a provider is left alone now; one whose rest is over may be tried."""
    from aws_lambda_powertools.utilities.circuit_breaker import CircuitState

    record = _store().get_state(provider)
    if record.state is not CircuitState.OPEN or record.opened_at is None:
        return False
    opened_at: int = record.opened_at
    return clock.wall().timestamp() < opened_at + RESTS_SECONDS


def _note(change: Any) -> None:
    count("channel_opened" if change.to_state.name == "OPEN" else "channel_probed")


@cache
def _config() -> Any:
    from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig

    return CircuitBreakerConfig(
        failure_threshold=FAILURES,
        recovery_timeout=RESTS_SECONDS,
        success_threshold=1,
        local_cache_max_age=READ_AGAIN_SECONDS,
        handled_exceptions=_Unwell,
    )


@cache
def _store() -> Any:
    from aws_lambda_powertools.utilities.circuit_breaker.persistence.dynamodb import (
        CircuitBreakerDynamoDBPersistence,
    )

    return CircuitBreakerDynamoDBPersistence(
        table_name=settings.data_table(),
        key_attr="pk",
        sort_key_attr="sk",
        static_pk_value=PARTITION,
        expiry_attr="expires_at",
        boto3_client=aws.client("dynamodb"),
    )
