"""A delivery: one event on its way to one endpoint, until it has arrived or was given up."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from services.notifications.webhook_deliveries.values import HookFailure, HookStatus
from shared.domain import StatefulAggregate

# How long after each failed try the next one comes; after the last of these it is given up.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)

RESEND = "resend_webhook_delivery"


class WebhookDelivery(StatefulAggregate):
    """A delivery; `body` is what is sent, the same at each try. A `test` is tried once."""

    STEPS: ClassVar = {
        HookStatus.WAITING: {
            "record_taken": HookStatus.DELIVERED,
            "record_failure": (HookStatus.WAITING, HookStatus.FAILED),
            "give_up": HookStatus.FAILED,
        },
        HookStatus.DELIVERED: {RESEND: HookStatus.WAITING},
        HookStatus.FAILED: {RESEND: HookStatus.WAITING},
    }
    REFUSAL: ClassVar = "webhook_delivery_{status}"

    delivery_id: str
    endpoint_id: str
    region: str
    event_id: str
    event_type: str
    body: str
    test: bool = False
    status: HookStatus = HookStatus.WAITING
    tries: int = 0
    failures: int = 0
    http_status: int | None = None
    failure: HookFailure | None = None
    created_at: datetime
    tried_at: datetime | None = None
    due_at: datetime | None = None

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What a person may do; the rest is recorded by the service itself."""
        return tuple(step for step in super().next_steps if step == RESEND)

    def record_taken(self, http_status: int | None, now: datetime) -> Self:
        """Record that the receiver has it."""
        self._require("record_taken")
        tried = self._tried(http_status, None, now)
        return tried._with(status=HookStatus.DELIVERED, due_at=None)

    def record_failure(self, http_status: int | None, now: datetime) -> Self:
        """Record a try that failed, and when the next one comes; after the last it is given up."""
        self._require("record_failure")
        failure = HookFailure.NO_ANSWER if http_status is None else HookFailure.REFUSED
        tried = self._tried(http_status, failure, now)._with(failures=self.failures + 1)
        if self.test or self.failures >= len(PAUSES):
            return tried._with(status=HookStatus.FAILED, due_at=None)
        return tried._with(due_at=now + PAUSES[self.failures])

    def record_rest(self, now: datetime) -> Self:
        """Record that it was not tried, since its receiver was silent just before."""
        self._require("record_failure")
        failed = self._with(failures=self.failures + 1, failure=HookFailure.RESTING)
        if self.failures >= len(PAUSES):
            return failed._with(status=HookStatus.FAILED, due_at=None)
        return failed._with(due_at=now + PAUSES[self.failures])

    def record_gone(self, http_status: int | None, now: datetime) -> Self:
        """Record that the receiver wants no events any more."""
        self._require("give_up")
        tried = self._tried(http_status, HookFailure.GONE, now)
        return tried._with(status=HookStatus.FAILED, due_at=None)

    def give_up(self, failure: HookFailure = HookFailure.ENDPOINT_INACTIVE) -> Self:
        """End without a try, since nothing is sent to its endpoint, or none comes to an end."""
        self._require("give_up")
        return self._with(status=HookStatus.FAILED, failure=failure, due_at=None)

    def resend(self, now: datetime) -> Self:
        """Send it again at once, with all its tries."""
        self._require(RESEND)
        return self._with(status=HookStatus.WAITING, failures=0, failure=None, due_at=now)

    def _tried(self, http_status: int | None, failure: HookFailure | None, now: datetime) -> Self:
        return self._with(
            tries=self.tries + 1, http_status=http_status, failure=failure, tried_at=now
        )
