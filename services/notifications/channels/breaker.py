"""The breaker of each provider: Powertools' circuit breaker over the service's own table.

A provider that is unreachable, silent or out of room five times in a row rests for half a minute;
then one message tries it. While it rests, the next provider of the same channel is taken. The
endpoints of integrators have one each, too (`WEBHOOK`): one that is silent holds up no other.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

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


WEBHOOK = "webhook."
A = TypeVar("A")


class _Unwell(Exception):
    """An answer that says that the other side is not well."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer


def guarded(provider: str, call: Callable[[], DeliveryReport]) -> DeliveryReport:
    """Call a provider unless it rests; what it answers is counted for or against it."""
    report = attempt(provider, call, _is_unwell)
    return DeliveryReport(DeliveryStatus.ABSENT, RESTING) if report is None else report


def _is_unwell(report: DeliveryReport) -> bool:
    return report.status is DeliveryStatus.UNKNOWN or report.code in UNWELL


def attempt(name: str, call: Callable[[], A], is_unwell: Callable[[A], bool]) -> A | None:
    """Call the other side unless it rests; None when it does."""
    from aws_lambda_powertools.utilities.circuit_breaker import (
        CircuitBreakerOpenError,
        circuit_breaker,
    )

    def counted() -> A:
        answer = call()
        if is_unwell(answer):
            raise _Unwell(answer)
        return answer

    protected = circuit_breaker(
        name=name, persistence_store=_store(), config=_config(), on_transition=_note
    )(counted)
    try:
        answer: A = protected()
    except CircuitBreakerOpenError:
        return None
    except _Unwell as unwell:
        answer = unwell.answer
    return answer


def rests(provider: str) -> bool:
    """Whether a provider is left alone now; one whose rest is over may be tried."""
    from aws_lambda_powertools.utilities.circuit_breaker import CircuitState

    record = _store().get_state(provider)
    if record.state is not CircuitState.OPEN or record.opened_at is None:
        return False
    opened_at: int = record.opened_at
    return clock.wall().timestamp() < opened_at + RESTS_SECONDS


def _note(change: Any) -> None:
    if change.to_state.name == "OPEN":
        of_webhook = change.circuit_name.startswith(WEBHOOK)
        count("webhook_endpoint_opened" if of_webhook else "channel_opened")


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
