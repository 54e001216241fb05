"""Events on their way to an integrator: signed, once, tried again, logged, given up."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from unittest.mock import Mock, call

import pytest
from aws_lambda_powertools.utilities.circuit_breaker import base
from standardwebhooks import WebhookVerificationError

from services.notifications.channels import breaker, hooks
from services.notifications.channels.hooks import HookAnswer, HookSender
from services.notifications.webhook_deliveries import use_cases
from services.notifications.webhook_deliveries.domain import PAUSES
from services.notifications.webhook_deliveries.repository import WebhookDeliveries
from services.notifications.webhook_deliveries.use_cases import deliver_webhook
from services.notifications.webhook_endpoints.domain import MOST_FORMER
from services.notifications.webhook_endpoints.repository import WebhookEndpoints
from shared.events import intake
from shared.events.base import leaving_fields
from shared.principal import system as of_system
from shared.storage.command_context import CommandContext
from tests.notifications.fake_receiver import Receiver, receiver
from tests.notifications.fakes import (
    ASKED,
    HQ,
    HQ_ELSEWHERE,
    OF_CASE,
    OPERATIONS,
    NotificationsHarness,
)
from tests.notifications.news import RECEIVED
from tests.support.api import Api

HEARD = ["intake.RequestReceived"]


@pytest.fixture
def system(harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """An integrator's system on this machine, as on a local stage."""
    harness.world.environment["PRIVATE_WEBHOOKS"] = "yes"
    monkeypatch.setattr(hooks, "READ_SECONDS", 0.15)
    hooks._pool.cache_clear()
    with receiver(late_seconds=0.4) as made:
        yield made
    hooks._pool.cache_clear()


def hq(harness: NotificationsHarness) -> Api:
    """The API as the region's headquarters call it."""
    return harness.world.api("notifications", HQ)


def register(
    harness: NotificationsHarness, url: str, region: str = "ZR", heard: list[str] = HEARD
) -> tuple[str, str]:
    """Register an endpoint, and return its path and secret."""
    api = hq(harness) if region == "ZR" else harness.world.api("notifications", OPERATIONS)
    body = {"region": region, "url": f"{url}/events", "event_types": heard}
    made = api.post("/webhook-endpoints", body, key=f"{region}{url}").json
    return f"/webhook-endpoints/{made['id']}", made["secret"]


def tell(harness: NotificationsHarness, event_id: str | None = None, region: str = "ZR") -> None:
    """Let a request be received."""
    harness.tell(intake.RequestReceived(**{**ASKED, "region": region}, district_id="D05"), event_id)


def log(harness: NotificationsHarness, endpoint: str) -> list[dict[str, Any]]:
    """The log of an endpoint, the latest first."""
    found: list[dict[str, Any]] = hq(harness).get(f"{endpoint}/deliveries").json["items"]
    return found


def wait(harness: NotificationsHarness, *pauses: timedelta) -> None:
    """Let pauses pass, one after another, each to its end."""
    for pause in pauses:
        harness.world.advance(_now(harness) + pause + timedelta(seconds=1))


def _now(harness: NotificationsHarness) -> Any:
    from shared import clock

    with harness.world.service("notifications"):
        return clock.now()


def test_an_event_arrives_once_signed_and_without_a_word_of_a_person(
    harness: NotificationsHarness, system: Receiver
) -> None:
    endpoint, secret = register(harness, system.url)
    federal, federal_secret = register(harness, system.url + "/all", "ALL")
    for _ in range(3):
        tell(harness, "evt_00000000000000000000000009")

    assert sorted(path for path, _, _ in system.got) == ["/all/events", "/events"]
    place = next(at for at, call in enumerate(system.got) if call[0] == "/events")
    said = system.verified(secret, place)
    assert said["type"] == "intake.RequestReceived"
    assert said["id"] == "evt_00000000000000000000000009" == system.got[0][1]["webhook-id"]
    assert said["data"]["case_id"] == ASKED["case_id"]
    assert system.verified(federal_secret, 1 - place) == said
    with pytest.raises(WebhookVerificationError):
        system.verified(federal_secret, place)
    (line,) = log(harness, endpoint)
    assert (line["status"], line["tries"], line["http_status"]) == ("delivered", 1, 200)
    assert line["webhook_id"] == said["id"]
    assert hq(harness).get(endpoint).json["version"] == 1, "headquarters may be editing it"

    tell(harness, region="YY")
    assert [path for path, _, _ in system.got[2:]] == ["/all/events"]
    assert hq(harness).get(f"{federal}/deliveries").status == 404
    assert harness.world.api("notifications", HQ_ELSEWHERE).get(endpoint).status == 404


def test_what_is_refused_late_or_led_elsewhere_is_tried_again(
    harness: NotificationsHarness, system: Receiver
) -> None:
    endpoint, secret = register(harness, system.url)
    system.answers = [500, "redirect", "late"]
    tell(harness)
    (line,) = log(harness, endpoint)
    assert (line["status"], line["tries"], line["http_status"]) == ("waiting", 1, 500)
    assert line["failure"] == "refused"
    assert hq(harness).get(endpoint).json["failing_since"] is not None
    assert harness.world.events("notifications.WebhookEndpointDisabled") == []
    # Whoever comes before its time, an id of the queue that comes again, sends nothing.
    (due,) = harness.docs("WEBHOOK_DELIVERY")
    with harness.world.service("notifications"):
        context = CommandContext(of_system("notifications"), "deliver_webhook", "cor_1")
        places = (WebhookEndpoints.connect(), WebhookDeliveries.connect(), HookSender.connect())
        deliver_webhook(due["delivery_id"], context, *places)
    assert len(system.got) == 1

    wait(harness, PAUSES[0])
    assert log(harness, endpoint)[0]["http_status"] == 307
    wait(harness, PAUSES[1] - timedelta(seconds=20))
    assert len(system.got) == 2, "no try before its time"
    wait(harness, timedelta(seconds=20))
    assert log(harness, endpoint)[0]["failure"] == "no_answer"
    wait(harness, PAUSES[2])

    (line,) = log(harness, endpoint)
    assert (line["status"], line["tries"], line["failure"]) == ("delivered", 4, None)
    assert {path for path, _, _ in system.got} == {"/events"}
    assert len({(headers["webhook-id"], body) for _, headers, body in system.got}) == 1
    assert {headers["Content-Type"] for _, headers, _ in system.got} == {
        "application/cloudevents+json; charset=utf-8"
    }
    assert system.verified(secret) == json.loads(system.got[0][2])
    assert hq(harness).get(endpoint).json["failing_since"] is None


def test_after_all_tries_it_is_given_up_its_endpoint_is_disabled_and_it_can_be_sent_again(
    harness: NotificationsHarness, system: Receiver
) -> None:
    endpoint, _ = register(harness, system.url)
    system.answers = [503] * (len(PAUSES) + 1)
    tell(harness)
    wait(harness, *PAUSES[:-1])
    assert log(harness, endpoint)[0]["status"] == "waiting"
    assert hq(harness).get(endpoint).json["status"] == "active"
    wait(harness, PAUSES[-1])

    (line,) = log(harness, endpoint)
    assert (line["status"], line["tries"]) == ("failed", len(PAUSES) + 1)
    seen = hq(harness).get(endpoint).json
    assert (seen["status"], seen["disabled_reason"]) == ("disabled", "failing")
    operations = harness.world.api("notifications", OPERATIONS)
    (work,) = operations.get("/inbox").json["items"]
    assert (work["kind"], work["urgent"]) == ("mend_webhook_endpoint", False)
    tell(harness)
    assert len(log(harness, endpoint)) == 1, "nothing is sent to a disabled endpoint"

    again = f"{endpoint}/deliveries/{line['id']}/resend"
    other, _ = register(harness, f"{system.url}/other")
    assert hq(harness).post(f"{other}/deliveries/{line['id']}/resend", key="x").status == 404
    assert hq(harness).post(f"{other}/remove", key="y").status == 200
    early = hq(harness).post(again, key="early")
    assert (early.status, early.code) == (409, "webhook_endpoint_disabled")
    assert "Включить снова" in str(early.json["next_steps"])
    assert hq(harness).post(f"{endpoint}/resume", key="r").status == 200
    harness.world.settle()
    resumed = hq(harness).get(endpoint).json
    assert (resumed["disabled_reason"], resumed["failing_since"]) == (None, None)
    assert operations.get("/inbox").json["items"] == [], "the deed ends the work"
    system.answers = [503]
    assert hq(harness).post(again, key="again").status == 200
    line = log(harness, endpoint)[0]
    assert (line["failure"], line["tried_at"] is None) == (None, False)
    twice = hq(harness).post(again, key="twice")
    assert (twice.code, twice.json.get("next_steps")) == ("webhook_delivery_waiting", [])
    harness.world.settle()
    assert log(harness, endpoint)[0]["status"] == "waiting", "it has all its tries again"
    wait(harness, PAUSES[0])
    assert log(harness, endpoint)[0]["status"] == "delivered"
    assert len({headers["webhook-id"] for _, headers, _ in system.got}) == 1


def test_a_receiver_that_is_gone_gets_nothing_more_but_a_test(
    harness: NotificationsHarness, system: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint, secret = register(harness, system.url)
    system.answers = [410, 500]
    tell(harness)
    assert '"webhook_endpoint_disabled":[' in capsys.readouterr().out

    seen = hq(harness).get(endpoint).json
    assert (seen["status"], seen["disabled_reason"]) == ("disabled", "gone")
    (line,) = log(harness, endpoint)
    assert (line["failure"], line["due_at"]) == ("gone", None)
    for key in ("fails", "arrives"):
        assert hq(harness).post(f"{endpoint}/test", key=key).status == 200
        harness.world.settle()
    lines = [(line["test"], line["status"], line["tries"]) for line in log(harness, endpoint)]
    assert sorted(lines, key=str) == [
        (False, "failed", 1),
        (True, "delivered", 1),
        (True, "failed", 1),
    ]
    assert system.verified(secret)["type"] == "notifications.WebhookEndpointTried"
    assert hq(harness).get(endpoint).json["status"] == "disabled"
    tried = [line["id"] for line in log(harness, endpoint) if line["test"]]
    assert hq(harness).post(f"{endpoint}/test", key="late").status == 200
    assert hq(harness).post(f"{endpoint}/remove", key="r").status == 200
    harness.world.settle()
    assert log(harness, endpoint)[0]["tries"] == 0, "it went nowhere"
    unknown = f"{endpoint}/deliveries/whd_{0:026d}/resend"
    assert hq(harness).post(unknown, key="u").status == 404
    again = hq(harness).post(f"{endpoint}/deliveries/{tried[0]}/resend", key="a")
    another = hq(harness).post(f"{endpoint}/test", key="b")
    refused = [(each.status, each.code) for each in (again, another)]
    assert refused == [(409, "webhook_endpoint_removed")] * 2


def test_two_secrets_sign_for_a_day_after_a_rotation(
    harness: NotificationsHarness, system: Receiver
) -> None:
    endpoint, former = register(harness, system.url)
    rotated = hq(harness).post(f"{endpoint}/secret", key="s")
    assert rotated.json == hq(harness).post(f"{endpoint}/secret", key="s").json
    secret = rotated.json["secret"]
    tell(harness)
    assert secret != former
    assert system.verified(former) == system.verified(secret)

    wait(harness, timedelta(hours=24))
    tell(harness)
    assert system.verified(secret)
    with pytest.raises(WebhookVerificationError):
        system.verified(former)


def test_each_secret_signs_for_a_day_after_its_own_rotation(
    harness: NotificationsHarness, system: Receiver
) -> None:
    endpoint, first = register(harness, system.url)

    def rotated(key: str) -> str:
        return str(hq(harness).post(f"{endpoint}/secret", key=key).json["secret"])

    def sign(*secrets: str) -> list[bool]:
        tell(harness)
        return [is_signed(system, each) for each in secrets]

    second = rotated("s2")
    wait(harness, timedelta(hours=20))
    third = rotated("s3")
    assert sign(first, second, third) == [True, True, True]
    wait(harness, timedelta(hours=4))
    assert sign(first, second, third) == [False, True, True]
    wait(harness, timedelta(hours=20))
    assert sign(first, second, third) == [False, False, True]

    latest = [rotated(f"s{number}") for number in range(4, 6 + MOST_FORMER)]
    assert sign(*latest) == [False, *[True] * (MOST_FORMER + 1)], "no header grows without end"


def is_signed(system: Receiver, secret: str) -> bool:
    """Whether the last call is signed by a secret, too."""
    with suppress(WebhookVerificationError):
        return bool(system.verified(secret))
    return False


def test_a_paused_endpoint_gets_nothing(harness: NotificationsHarness, system: Receiver) -> None:
    endpoint, _ = register(harness, system.url)
    system.answers = [500]
    tell(harness)
    assert hq(harness).post(f"{endpoint}/pause", key="p").status == 200
    tell(harness)
    wait(harness, PAUSES[0])

    (line,) = log(harness, endpoint)
    assert (line["status"], line["failure"], line["tries"]) == ("failed", "endpoint_inactive", 1)
    assert hq(harness).post(f"{endpoint}/resume", key="r").status == 200
    tell(harness)
    assert len(system.got) == 2


def test_codes_about_a_family_stay_inside(harness: NotificationsHarness, system: Receiver) -> None:
    _, secret = register(harness, system.url, heard=["intake.CareRequired"])
    harness.tell(
        intake.CareRequired(
            **OF_CASE,
            district_id="D05",
            number="4824",
            flagged_at=_now(harness),
            size_band="4_6",
            language="ru",
            traits=("large_family",),
            home_conditions=("stairs",),
            needs=(intake.NeedState(need_id="ned_1", category="food", status="open"),),
        )
    )

    said = system.verified(secret)
    assert set(said["data"]) == {"region", "programme", *leaving_fields(intake.CareRequired)}
    assert said["subject"] == said["data"]["case_id"] == OF_CASE["case_id"]
    assert "dataschema" not in said
    for inside in ("large_family", "stairs", "food", "4824", "4_6"):
        assert inside not in system.got[0][2].decode()


def test_an_event_that_no_system_hears_costs_nothing(harness: NotificationsHarness) -> None:
    tell(harness)
    table = harness.world.dynamodb
    reads = [Mock(wraps=getattr(table, name)) for name in ("query", "get_item")]
    table.query, table.get_item = reads  # type: ignore[method-assign]
    tell(harness)

    asked = [call for read in reads for call in read.call_args_list]
    assert asked and "WEBHOOK" not in str(asked)
    marks = [row["pk"]["S"] for row in harness.world.rows("notifications-data")]
    assert not [mark for mark in marks if mark.startswith("INBOX#queue_webhooks")]


def test_a_slow_receiver_delays_no_message_and_is_let_rest(
    harness: NotificationsHarness,
    system: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    base._LOCAL_FAILURES.clear()
    slow, _ = register(harness, system.url)
    well, _ = register(harness, system.url + "/well")
    system.answers_at["/events"] = ["late"] * 5
    taken: list[str] = []
    post_now = HookSender.post_now

    def noted(self: HookSender, url: str, body: bytes, headers: Any) -> Any:
        taken.append(url)
        return post_now(self, url, body, headers)

    monkeypatch.setattr(HookSender, "post_now", noted)
    harness.world.queue.messages["notifications"] += [harness.body(RECEIVED) for _ in range(7)]
    harness.world.call("notifications", "on_messages", {"Records": records(harness)})
    assert taken == [], "the function of messages calls no integrator"
    harness.world.settle()

    assert sum("/well" not in url for url in taken) == breaker.FAILURES
    failures = [line["failure"] for line in log(harness, slow)]
    assert sorted(failures) == ["no_answer"] * 5 + ["resting"] * 2
    assert {line["status"] for line in log(harness, well)} == {"delivered"}
    base._LOCAL_FAILURES.clear()
    assert '"webhook_endpoint_opened":[' in capsys.readouterr().out


def test_a_test_that_fails_says_nothing_about_its_endpoint(
    harness: NotificationsHarness, system: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = register(harness, system.url)
    monkeypatch.setattr(HookSender, "post_now", lambda *_: HookAnswer(500))
    assert hq(harness).post(f"{path}/test", key="t").status == 200
    harness.world.settle()
    (line,) = log(harness, path)
    assert (line["test"], line["status"]) == (True, "failed")
    assert hq(harness).get(path).json["failing_since"] is None


def test_a_delivery_that_was_not_tried_says_nothing_about_its_endpoint(
    harness: NotificationsHarness, system: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = register(harness, system.url)
    monkeypatch.setattr(HookSender, "post", lambda *_: HookAnswer(resting=True))

    tell(harness)
    wait(harness, *PAUSES)

    (line,) = log(harness, path)
    assert (line["status"], line["failure"], line["tries"]) == ("failed", "resting", 0)
    endpoint = hq(harness).get(path).json
    assert (endpoint["status"], endpoint["failing_since"]) == ("active", None)


def test_a_delivery_that_no_worker_survives_ends_and_one_that_has_arrived_stays(
    harness: NotificationsHarness, system: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = register(harness, system.url)

    def given_up() -> dict[str, Any]:
        latest = log(harness, path)[0]
        with harness.world.service("notifications"):
            context = CommandContext(of_system("notifications"), "give_up", "cor_1")
            use_cases.end_webhook(latest["id"], context, WebhookDeliveries.connect())
        return log(harness, path)[0]

    tell(harness)
    assert given_up()["status"] == "delivered"
    monkeypatch.setattr(HookSender, "post", lambda *_: HookAnswer(500))
    harness.world.advance(_now(harness) + timedelta(seconds=1))
    tell(harness)
    assert log(harness, path)[0]["status"] == "waiting"
    ended = given_up()
    assert (ended["status"], ended["failure"], ended["due_at"]) == ("failed", "no_answer", None)


@pytest.mark.parametrize(
    ("status", "counted"),
    [(200, "webhook_delivered"), (299, "webhook_delivered"), (300, "webhook_undelivered"),
     (500, "webhook_undelivered"), (None, "webhook_undelivered")],
)  # fmt: skip
def test_each_try_is_counted_by_whether_the_event_arrived(
    harness: NotificationsHarness, system: Receiver, monkeypatch: pytest.MonkeyPatch,
    status: int | None, counted: str,
) -> None:  # fmt: skip
    register(harness, system.url)
    monkeypatch.setattr(HookSender, "post", lambda *_: HookAnswer(status))
    count = Mock()
    monkeypatch.setattr(use_cases, "count", count)

    tell(harness)

    assert count.mock_calls == [call(counted)]


def records(harness: NotificationsHarness) -> list[dict[str, Any]]:
    """Take what waits in the queue of messages, as one batch."""
    bodies = harness.world.queue.messages["notifications"]
    harness.world.queue.messages["notifications"] = []
    return [{"messageId": str(place), "body": body} for place, body in enumerate(bodies)]
