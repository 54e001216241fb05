"""Who calls what in notifications: an inbox with work in it, and a form to answer."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.notifications.channels.registry import Channels
from services.notifications.templates.repository import Templates
from shared.events import intake, matching
from tests.fuzz.callers import Caller
from tests.notifications.fakes import (
    ASKED,
    CASE,
    FAMILY,
    FAMILY_SIGNED_IN,
    HQ,
    OF_MATCH,
    OPERATIONS,
    FakeContactOwners,
    FakeProvider,
    NotificationsHarness,
)
from tests.support.carriers import configuration
from tests.support.world import World, at

# Who wants a call is read at once, before the other side has answered.
GOOD = {"score": 5, "needs_met": "yes", "wants_call": True, "comment": "Спасибо"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DONE = {"reason": "done"}
FIRST = {"If-Match": "0"}
TEMPLATE = "care_required_hq"
WORDS = {
    "subject": "Семья ждёт",
    "texts": dict(Templates.connect().by_name[TEMPLATE].wordings),
}
START = at("2026-09-14 10:00")


def callers(world: World, patch: pytest.MonkeyPatch) -> dict[str, Caller]:
    """Seed notifications and return a caller for every operation."""
    gateway, owners = FakeProvider(), FakeContactOwners()
    world.environment = {"API_URL": "https://ryadom.test"}
    world.functions = owners  # type: ignore[assignment]
    patch.setattr(Channels, "connect", lambda: gateway)
    harness = NotificationsHarness(world, gateway, owners)
    for number in range(3):
        case = {**ASKED, "case_id": f"{CASE[:-1]}{number}"}
        harness.tell(intake.RequestReceived(**case, district_id="D05"))
    operations = world.api("notifications", OPERATIONS)
    assert operations.post("/bots/max/subscription", key="0").status == 200
    answered, link = _form(harness, "two_weeks"), _form(harness, "one_month")
    api = world.api("notifications", HQ)
    form = api.as_(None).post(f"/feedback/{answered}", GOOD, key="1").json["id"]
    items = [str(item["item_id"]) for item in api.get("/inbox").json["items"]]
    owners.change(channel="phone_task", address=None)
    harness.tell(matching.CareStarted(**OF_MATCH, started_on=date(2026, 9, 14)))
    found = api.get("/inbox").json["items"]
    call = next(str(one["item_id"]) for one in found if one["kind"] == "tell_by_phone")
    assert api.post(f"/inbox/{items[0]}/done", DONE, key="2").status == 200

    def for_item(item: str, **more: Any) -> Caller:
        return Caller(HQ, {"item_id": item}, **more)

    world.environment["CHANNEL_SECRETS"] = "/ryadom/channels"
    world.parameters.values["/ryadom/channels"] = json.dumps(configuration("http://127.0.0.1:9"))
    update: dict[str, Any] = {"type": "message_allow", "group_id": 1, "secret": "demo-secret"}
    update |= {"event_id": "e1", "object": {"user_id": 15}}
    operations, colleague = api.as_(OPERATIONS), replace(OPERATIONS, id="usr_44")
    worded = f"/templates/{TEMPLATE}/wordings"
    published = operations.post(worded, WORDS, key="w0").json["id"]
    assert api.as_(colleague).post(f"/wordings/{published}/publish", {}, key="p").status == 200
    words, in_force = WORDS | {"based_on": published}, {"wording_id": published}
    draft = operations.post(worded, words, key="w1").json["id"]
    world.environment["PRIVATE_WEBHOOKS"] = "yes"
    endpoint = {"region": "ZR", "url": "http://127.0.0.1:9/", "event_types": ["intake.CaseTaken"]}
    hooks = [api.post("/webhook-endpoints", endpoint, key=f"h{n}").json["id"] for n in range(2)]
    of_hook, paused = {"endpoint_id": hooks[0]}, {"endpoint_id": hooks[1]}
    assert api.post(f"/webhook-endpoints/{hooks[1]}/pause", key="h").status == 200
    tested = api.post(f"/webhook-endpoints/{hooks[0]}/test", key="t").json["id"]
    world.settle()
    of_person = {"person_id": FAMILY}
    wishes, said = {"channels": ["sms"], "unwanted": ["gifts"]}, {"evidence": "written"}
    path = f"/people/{FAMILY}/preferences/link"
    wishes_link = api.post(path, key="l").json["link"].rpartition("/")[2]
    lines = {"values": {"hq_phone": "8 800 111-11-11"}}
    return {
        "show_reference": Caller(query={"region": "ZR"}),
        "list_inbox": Caller(HQ, query={"region": "ZR"}),
        "count_inbox": Caller(HQ, query={"region": "ZR"}),
        "read_item": for_item(items[1]),
        "finish_item": for_item(items[1], body=DONE),
        "reopen_item": for_item(items[0]),
        "open_call": for_item(call),
        "open_form": Caller(path={"link": link}),
        "answer_form": Caller(path={"link": link}, body=GOOD, by_data=True),
        "list_questionnaires": Caller(HQ),
        "show_form_page": Caller(path={"link": link}),
        "answer_form_page": Caller(
            path={"link": link}, form=True, body="score=5&needs_met=yes", headers=FORM
        ),
        "list_answers": Caller(HQ, query={"region": "ZR"}),
        "get_answer": Caller(HQ, {"form_id": form}),
        "view_figures": Caller(HQ, query={"region": "ZR"}),
        "list_messages": Caller(HQ, query={"region": "ZR", "reference": CASE}),
        "list_own_messages": Caller(FAMILY_SIGNED_IN),
        "get_own_preferences": Caller(FAMILY_SIGNED_IN),
        "set_own_preferences": Caller(FAMILY_SIGNED_IN, body=wishes, headers=FIRST),
        "get_preferences": Caller(HQ, of_person),
        "list_readings": Caller(HQ, of_person),
        "set_preferences": Caller(HQ, of_person, body=wishes | said, headers=FIRST),
        "link_preferences": Caller(HQ, of_person),
        "show_preferences_page": Caller(path={"link": wishes_link}),
        "set_preferences_page": Caller(
            path={"link": wishes_link},
            form=True,
            body="wanted=gifts&first=sms&together=",
            headers=FORM,
        ),
        "take_update": Caller(signed=True, path={"provider": "vk"}, body=update),
        "take_call_back": Caller(signed=True, path={"provider": "vk", "token": "t"}, body=update),
        "get_bot": Caller(OPERATIONS, {"name": "max"}),
        "subscribe_bot": Caller(OPERATIONS, {"name": "max"}),
        "list_templates": Caller(OPERATIONS),
        "get_template": Caller(OPERATIONS, {"template": TEMPLATE}),
        "draft_wording": Caller(
            OPERATIONS, {"template": TEMPLATE}, body=words, keep=("subject", "texts", "based_on")
        ),
        "restore_wording": Caller(OPERATIONS, {"template": TEMPLATE}),
        "list_wordings": Caller(OPERATIONS, query={"template": TEMPLATE}),
        "get_wording": Caller(OPERATIONS, in_force),
        "publish_wording": Caller(colleague, {"wording_id": draft}, body={}),
        "discard_wording": Caller(OPERATIONS, {"wording_id": draft}),
        "register_webhook_endpoint": Caller(HQ, body=endpoint, keep=("region", "event_types")),
        "list_webhook_endpoints": Caller(HQ, query={"region": "ZR"}),
        "get_webhook_endpoint": Caller(HQ, of_hook),
        "pause_webhook_endpoint": Caller(HQ, of_hook),
        "resume_webhook_endpoint": Caller(HQ, paused),
        "remove_webhook_endpoint": Caller(HQ, of_hook),
        "rotate_webhook_secret": Caller(HQ, of_hook),
        "try_webhook_endpoint": Caller(HQ, of_hook),
        "list_webhook_deliveries": Caller(HQ, of_hook),
        "resend_webhook_delivery": Caller(HQ, {**of_hook, "delivery_id": tested}),
        "get_lines": Caller(HQ, {"region": "ZR"}),
        "set_lines": Caller(
            OPERATIONS, {"region": "ZR"}, body=lines, keep=("values",), headers=FIRST
        ),
    }


def _form(harness: NotificationsHarness, kind: str) -> str:
    """The link in the message that a call is due."""
    due = date(2026, 9, 14)
    harness.tell(matching.FollowUpDue(**OF_MATCH, kind=kind, due_on=due))
    text = harness.gateway.to("family")[-1].text
    return text.rpartition("/forms/")[2].split()[0]
