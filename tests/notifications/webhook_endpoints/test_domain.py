"""What an endpoint hears, until when it is believed to be alive, and how long its secrets sign."""

from datetime import UTC, datetime, timedelta

from services.notifications.webhook_endpoints.domain import Hearers, WebhookEndpoint
from services.notifications.webhook_endpoints.values import EndpointStatus

NOON = datetime(2026, 9, 14, 9, tzinfo=UTC)
DAY, SECOND = timedelta(hours=24), timedelta(seconds=1)


def endpoint(name: str, *heard: str) -> WebhookEndpoint:
    return WebhookEndpoint(
        endpoint_id=name, region="ZR", url="https://a.example", event_types=heard, created_at=NOON
    )


def test_a_system_hears_only_what_it_has_asked_for() -> None:
    hearers = Hearers(region="ZR").add(endpoint("whe_1", "intake.CaseClosed", "cards.CardIssued"))
    hearers = hearers.add(endpoint("whe_2", "cards.CardIssued"))

    assert hearers.of("cards.CardIssued") == ("whe_1", "whe_2")
    assert hearers.of("intake.CaseClosed") == ("whe_1",)
    assert hearers.of("intake.FamilyErased") == ()
    assert hearers.remove("whe_1").of("intake.CaseClosed") == ()


def test_what_takes_nothing_for_a_day_is_left_alone_and_not_a_second_sooner() -> None:
    failing = endpoint("whe_1").record_answer(False, NOON)
    assert failing.record_answer(False, NOON + DAY - SECOND).status is EndpointStatus.ACTIVE
    assert failing.record_answer(False, NOON + DAY).status is EndpointStatus.DISABLED


def test_a_former_secret_signs_until_its_day_is_over() -> None:
    rotated = endpoint("whe_1").rotate_secret(NOON)
    assert rotated.generations(NOON + DAY - SECOND) == (2, 1)
    assert rotated.generations(NOON + DAY) == (2,)
