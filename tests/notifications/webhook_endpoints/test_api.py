"""Who may register which address, for which events, and what is said of its secret."""

import re
import shlex
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from infra.services import ROOT
from services.notifications.webhook_endpoints.domain import BELIEVED_FOR, Hearers
from services.notifications.webhook_endpoints.repository import HearersOfRegions
from services.notifications.webhook_endpoints.use_cases import offered_events
from shared.events.base import leaving_fields
from tests.notifications.fakes import HQ, HQ_ELSEWHERE, LEADER, OPERATIONS, NotificationsHarness
from tests.support.api import Answer
from tests.support.world import at
from tools.event_catalogue import events

URL = "https://crm.example.org/ryadom?source=1"
HEARD = ["matching.MatchProposed", "intake.CaseClosed"]


def register(harness: NotificationsHarness, who: Any, key: str, **changes: Any) -> Answer:
    """Register an endpoint of the region."""
    body = {"region": "ZR", "url": URL, "event_types": HEARD, **changes}
    return harness.world.api("notifications", who).post("/webhook-endpoints", body, key=key)


def test_the_secret_is_shown_to_the_call_that_made_it_alone(harness: NotificationsHarness) -> None:
    made = register(harness, HQ, "1")
    path = f"/webhook-endpoints/{made.json['id']}"
    hq = harness.world.api("notifications", HQ)

    assert made.status == 201 and made.json["secret"].startswith("whsec_")
    assert register(harness, HQ, "1").json == made.json
    known = datetime.fromisoformat(made.json["complete_from"]) - at("2026-09-14 10:00")
    assert known >= BELIEVED_FOR + timedelta(seconds=10)
    seen = hq.get(path)
    assert (seen.json["url"], seen.json["event_types"]) == (URL, HEARD)
    shown = [seen.text, hq.get("/webhook-endpoints").text]
    stored = str(harness.world.dynamodb.tables)
    secret = made.json["secret"].removeprefix("whsec_")
    assert not [text for text in (*shown, stored) if secret in text]
    assert hq.post(f"{path}/secret", key="2").json["secret"] != made.json["secret"]


def test_the_example_of_the_page_registers_an_address(harness: NotificationsHarness) -> None:
    page = (ROOT / "docs" / "how-to" / "receive-webhooks.md").read_text("utf-8")
    example = page.partition("```sh\n")[2].partition("```")[0]
    words = shlex.split(example.replace("\\\n", ""))
    # What curl says of its data by itself.
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    headers |= dict(said.split(": ") for flag, said in pairwise(words) if flag == "-H")
    path, body = words[3].partition("/notifications/v1")[2], words[words.index("-d") + 1]

    answer = harness.world.api("notifications", HQ).post(path, body, headers=headers)

    assert answer.status == 201, answer.text


def test_a_region_has_its_own_and_operations_have_those_of_all(
    harness: NotificationsHarness,
) -> None:
    assert register(harness, HQ_ELSEWHERE, "1").status == 404
    assert register(harness, HQ, "2", region="ALL").status == 404
    assert register(harness, LEADER, "3").status == 403
    assert register(harness, OPERATIONS, "4", region="QQ").status == 404
    made = register(harness, OPERATIONS, "5", region="ALL").json["id"]

    operations = harness.world.api("notifications", OPERATIONS)
    (listed,) = operations.get("/webhook-endpoints?region=ALL").json["items"]
    assert listed["id"] == made
    assert operations.get("/webhook-endpoints?region=ZR").json["items"] == []
    assert operations.as_(HQ).get(f"/webhook-endpoints/{made}").status == 404


def test_a_region_holds_three_and_a_removed_one_makes_room(harness: NotificationsHarness) -> None:
    paths = [f"/webhook-endpoints/{register(harness, HQ, str(n)).json['id']}" for n in range(3)]
    full = register(harness, HQ, "3")
    assert (full.status, full.code) == (409, "webhook_endpoints_enough")
    assert "не больше 3" in full.json["detail"]

    hq = harness.world.api("notifications", HQ)
    assert hq.post(f"{paths[1]}/remove", key="r").status == 200
    harness.world.settle()
    (removed,) = harness.world.events("notifications.WebhookEndpointRemoved")
    assert removed["data"]["endpoint_id"] == paths[1].rpartition("/")[2]
    assert [register(harness, HQ, each).status for each in "45"] == [201, 409]
    listed = hq.get("/webhook-endpoints").json["items"]
    assert len(listed) == 3
    offered = {each["id"]: each["next_steps"] for each in listed}
    assert all(steps and "disable" not in steps for steps in offered.values())
    assert offered == {
        one: hq.get(f"/webhook-endpoints/{one}").json["next_steps"] for one in offered
    }
    assert hq.get(paths[1]).json["next_steps"] == []
    for step in ("pause", "resume", "remove", "secret", "test"):
        refused = hq.post(f"{paths[1]}/{step}", key=step)
        assert (refused.status, refused.code) == (409, "webhook_endpoint_removed")
    assert hq.post(f"{paths[0]}/resume", key="a").code == "webhook_endpoint_active"
    assert hq.post(f"{paths[0]}/pause", key="p").status == 200
    assert hq.post(f"{paths[0]}/pause", key="q").code == "webhook_endpoint_paused"


def test_two_who_register_at_once_do_not_take_one_place(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Hearers(region="ZR")
    assert register(harness, HQ, "1").status == 201
    monkeypatch.setattr(HearersOfRegions, "of_region", lambda *_: before)

    late = register(harness, HQ, "2")

    assert (late.status, late.code) == (409, "changed_meanwhile")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"url": "http://crm.example.org/"}, "url_not_https", "/url"),
        ({"url": "https://user:word@crm.example.org/"}, "url_not_https", "/url"),
        ({"url": "https://штаб.рф/ryadom"}, "only_latin", "/url"),
        ({"url": "https://127.0.0.1/"}, "url_not_public", "/url"),
        ({"url": "https://crm.example.org:22/"}, "url_port", "/url"),
        ({"event_types": ["matching.MatchMade"]}, "event_not_offered", "/event_types/0"),
        (
            {"event_types": ["intake.CaseClosed", "intake.SignInRequested"]},
            "event_not_offered",
            "/event_types/1",
        ),
        (
            {"event_types": ["notifications.LowScoreReceived"]},
            "event_not_offered",
            "/event_types/0",
        ),
    ],
)
def test_what_may_not_be_registered(
    harness: NotificationsHarness, changes: dict[str, Any], code: str, pointer: str
) -> None:
    refused = register(harness, HQ, "1", **changes)

    assert refused.status == 422
    said = [(error["code"], error["pointer"]) for error in refused.json["errors"]]
    assert said == [(code, pointer)]
    if code == "event_not_offered":
        known = refused.json["errors"][0]["detail"]
        service = changes["event_types"][-1].partition(".")[0]
        offered = known.rpartition("выбрать: ")[2].split(", ")
        assert {each.partition(".")[0] for each in offered} == {service}
        assert "SignInRequested" not in known


def test_a_refused_event_of_no_service_names_all_that_may_be_had(
    harness: NotificationsHarness,
) -> None:
    refused = register(harness, HQ, "1", event_types=["unknown.Thing"])

    assert {"intake.CaseClosed", "matching.MatchProposed", "cards.CardIssued"} <= set(
        re.findall(r"[a-z]+\.[A-Za-z]+", refused.text)
    )


def test_who_keeps_an_id_may_hear_when_to_forget_it(harness: NotificationsHarness) -> None:
    """No message is about these: they end work, or what is kept here goes with them."""
    forget = ["intake.FamilyErased", "cards.CardErased", "matching.GuardianContactErased"]
    forget += ["intake.FamiliesMerged", "intake.FamilyMergeUndone", "cards.CardMoved"]
    assert register(harness, HQ, "1", event_types=forget).status == 201


def test_what_the_catalogue_says_may_leave_may_be_had() -> None:
    """But for the test event, which is sent by another command."""
    leaves = {event.detail_type() for event in events() if leaving_fields(event)}
    assert leaves - {event.detail_type() for event in offered_events()} == {
        "notifications.WebhookEndpointTried"
    }
