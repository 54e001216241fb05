"""An endpoint: the address of an integrator's system that hears our events."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Self

from services.notifications.webhook_endpoints.values import (
    DisabledReason,
    EndpointStatus,
)
from shared.domain import Aggregate, StatefulAggregate
from shared.errors import IllegalStep

# So long the secret of before a rotation signs beside the new one.
BOTH_SIGN = timedelta(hours=24)
# So many of before at most, the latest: a header must not grow without end.
MOST_FORMER = 5
FAILS_FOR = timedelta(hours=24)
# How long a container believes who hears what, and when all of them know of a new endpoint.
BELIEVED_FOR, KNOWN_AFTER = timedelta(seconds=20), timedelta(seconds=30)
# An event becomes at most twice as many deliveries (its region's and the federation's), each with
# its audit, in one commit.
MOST_OF_REGION = 3

_OPEN = {"rotate_webhook_secret": None, "try_webhook_endpoint": None}
_RESUMED = {"resume_webhook_endpoint": EndpointStatus.ACTIVE}
_REMOVED = {"remove_webhook_endpoint": EndpointStatus.REMOVED}


class WebhookEndpoint(StatefulAggregate):
    """An endpoint; `generation` counts its secrets.

    `rotated_before` are the rotations before the last one whose secrets sign still, the latest
    first.
    """

    STEPS: ClassVar = {
        EndpointStatus.ACTIVE: {
            "pause_webhook_endpoint": EndpointStatus.PAUSED,
            "disable": EndpointStatus.DISABLED,
            **_OPEN,
            **_REMOVED,
        },
        EndpointStatus.PAUSED: {**_RESUMED, **_OPEN, **_REMOVED},
        EndpointStatus.DISABLED: {**_RESUMED, **_OPEN, **_REMOVED},
        EndpointStatus.REMOVED: {},
    }
    REFUSAL: ClassVar = "webhook_endpoint_{status}"

    endpoint_id: str
    region: str
    url: str
    event_types: tuple[str, ...]
    status: EndpointStatus = EndpointStatus.ACTIVE
    generation: int = 1
    rotated_at: datetime | None = None
    rotated_before: tuple[datetime, ...] = ()
    failing_since: datetime | None = None
    disabled_reason: DisabledReason | None = None
    created_at: datetime

    @property
    def is_active(self) -> bool:
        """Whether events are sent here."""
        return self.status is EndpointStatus.ACTIVE

    @property
    def complete_from(self) -> datetime:
        """From when on no event of its types is missed: until then a container may not know it."""
        return self.created_at + KNOWN_AFTER

    def generations(self, now: datetime) -> tuple[int, ...]:
        """Return the secrets that sign at a moment, the newest first."""
        oldest = self.generation - len(self._rotated_lately(now))
        return tuple(range(self.generation, oldest - 1, -1))

    def _rotated_lately(self, now: datetime) -> tuple[datetime, ...]:
        """Return the rotations of which the secret of before signs still, the latest first."""
        known = (*filter(None, [self.rotated_at]), *self.rotated_before)
        return tuple(each for each in known if now < each + BOTH_SIGN)

    def pause(self) -> Self:
        """Send nothing until it is resumed."""
        self._require("pause_webhook_endpoint")
        return self._with(status=EndpointStatus.PAUSED)

    def resume(self) -> Self:
        """Send again what happens from now on."""
        self._require("resume_webhook_endpoint")
        return self._with(status=EndpointStatus.ACTIVE, failing_since=None, disabled_reason=None)

    def remove(self) -> Self:
        """Send nothing any more."""
        self._require("remove_webhook_endpoint")
        return self._with(status=EndpointStatus.REMOVED)

    def rotate_secret(self, now: datetime) -> Self:
        """Sign with a new secret, and for a day with the one of before, too."""
        self._require("rotate_webhook_secret")
        before = self._rotated_lately(now)[: MOST_FORMER - 1]
        return self._with(generation=self.generation + 1, rotated_at=now, rotated_before=before)

    def require_tryable(self) -> None:
        """Refuse to send a test event to an endpoint that was removed."""
        self._require("try_webhook_endpoint")

    def require_active(self) -> None:
        """Refuse to send an event again to an endpoint to which none is sent."""
        if not self.is_active:
            raise self._refusal(self.REFUSAL.format(status=self.status))

    def record_answer(self, taken: bool, now: datetime) -> Self:
        """Record whether it takes events; one that took none for a day is disabled."""
        if taken:
            return self if self.failing_since is None else self._with(failing_since=None)
        since = self.failing_since or now
        if now - since >= FAILS_FOR:
            return self.disable(DisabledReason.FAILING)
        return self if self.failing_since else self._with(failing_since=since)

    def disable(self, reason: DisabledReason) -> Self:
        """Stop sending, since nothing arrives there."""
        self._require("disable")
        return self._with(status=EndpointStatus.DISABLED, disabled_reason=reason)


class Hearers(Aggregate):
    """Which endpoints of a region, or of the federation, hear which events: asked at each event."""

    region: str
    event_types: Mapping[str, tuple[str, ...]] = {}

    def add(self, endpoint: WebhookEndpoint) -> Self:
        """Let an endpoint hear its events; refused when there are enough."""
        if len(self.event_types) >= MOST_OF_REGION:
            raise IllegalStep("webhook_endpoints_enough", most=MOST_OF_REGION)
        types = {**self.event_types, endpoint.endpoint_id: endpoint.event_types}
        return self._with(event_types=types)

    def remove(self, endpoint_id: str) -> Self:
        """Let an endpoint hear nothing any more; its place is free for another."""
        left = {each: types for each, types in self.event_types.items() if each != endpoint_id}
        return self._with(event_types=left)

    def of(self, event_type: str) -> tuple[str, ...]:
        """Return the endpoints that asked for events of a type."""
        return tuple(each for each, types in self.event_types.items() if event_type in types)
