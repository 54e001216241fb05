"""The inbox and what a family answers."""

import json
from urllib.parse import urlencode

from demo.message_actions import latest_link
from demo.story_run import moment
from infra.local_platform.fake_carriers import call_back
from shared.principal import Principal
from tests.journeys.transaction_sizes.extra_actions import WORDS, ExtraActions
from tests.support.carriers import configuration


def an_inbox_is_worked(extra: ExtraActions) -> None:
    """Seen, done, taken back; a family answers with everything it can say."""
    items = extra.run.get("HQ-1", "/notifications/v1/inbox?limit=10")["items"]
    path = f"/notifications/v1/inbox/{items[0]['item_id']}"
    for step, body in (("read", None), ("done", {"reason": "other"}), ("reopen", None)):
        extra.do("HQ-1", f"{path}/{step}", body)


def a_family_says_everything(extra: ExtraActions) -> None:
    """The feedback form with all its fields."""
    extra.journey.advance(moment("2026-09-29 12:00"))
    said = {"score": 1, "needs_met": "no", "wants_call": True, "comment": WORDS}
    link = latest_link(extra.run, "M-4")
    extra.do(None, f"/notifications/v1/feedback/{link}", said)
    match = extra.run.matches["M-4"]
    texts = [each["text"] for each in extra.journey.messages() if "/forms/ryl_" in each["text"]]
    of_guardian = next(text for text in texts[::-1] if link not in text)
    page = of_guardian.partition("/notifications/v1/forms/")[2].split()[0]
    fields = urlencode({"score": 1, "wants_call": "yes", "comment": WORDS})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"/notifications/v1/forms/{page}"
    extra.journey.call(None, "POST", path, fields, headers=form, must=True)
    path = f"/matching/v1/matches/{match}"
    call = {"kind": "two_weeks", "result": "needs_changed", "note": WORDS}
    extra.do("HQ-1", f"{path}/calls", call)
    mended = {"reason": "wrong_result", "result": "problem"}
    extra.do("HQ-1", f"{path}/calls/two_weeks/correction", mended)
    not_made = {"reason": "not_made", "not_made": True}
    extra.do("HQ-1", f"{path}/calls/two_weeks/correction", not_made)
    extra.do("HQ-1", f"{path}/calls", call)
    worried = {"by": "guardian", "evidence": "in_person", "concern": "safety", "note": WORDS}
    extra.do("HQ-1", f"{path}/concerns", worried)
    extra.do("HQ-1", f"{path}/mediation/result", {"result": "care_ends", "note": WORDS})
    for side in ("family", "guardian"):
        said = {"side": side, "result": "heard", "note": WORDS}
        extra.do("HQ-1", f"{path}/hearings", said)
    ending = {"reason": "conflict", "conflict_note": WORDS}
    extra.do("HQ-1", f"{path}/ending", ending)
    extra.do("HQ-1", f"{path}/exclusion/lift", {"reason": "reconciled"})


def words_are_edited(extra: ExtraActions) -> None:
    """One writes new words, another publishes them, twice; then those of the release again."""
    template = "/notifications/v1/templates/care_required_hq"
    shipped = extra.run.get("OPS-1", template)
    words = {"subject": "Семья ждёт помощи", "texts": shipped["shipped_texts"]}
    for _ in range(2):
        wording = extra.do("OPS-1", f"{template}/wordings", words)["id"]
        extra.do("OPS-2", f"/notifications/v1/wordings/{wording}/publish", {})
        words |= {"based_on": wording}
    dropped = extra.do("OPS-1", f"{template}/wordings", words)["id"]
    extra.do("OPS-1", f"/notifications/v1/wordings/{dropped}/discard")
    extra.do("OPS-1", f"{template}/restore")


def providers_report(extra: ExtraActions) -> None:
    """A bot is subscribed, a person writes to it, an SMS arrives."""
    extra.do("OPS-1", "/notifications/v1/bots/max/subscription")
    world = extra.journey.world
    world.environment["CHANNEL_SECRETS"] = "/ryadom/channels"
    world.parameters.values["/ryadom/channels"] = json.dumps(configuration("http://127.0.0.1:9"))
    wrote = {"sender": {"user_id": 15}, "body": {"mid": "mid.1", "text": WORDS}}
    said = json.dumps({"update_type": "message_created", "message": wrote})
    arrived = call_back("smsc", next(iter(extra.journey.outbox.carried)), "+79160000000")
    secret = {"X-Max-Bot-Api-Secret": "demo-secret"}
    for provider, body, headers in (
        ("max", said, secret),
        ("max/token", said, secret),
        ("smsc", arrived.body, arrived.headers),
    ):
        path = f"/notifications/v1/webhooks/{provider}"
        extra.journey.call(None, "POST", path, body, headers=headers, must=True)
    extra.journey.settle()


def events_go_out(extra: ExtraActions) -> None:
    """Six systems hear of a region; one is moved through all that can be done about it."""
    world = extra.journey.world
    world.environment["PRIVATE_WEBHOOKS"] = "yes"
    root = "/notifications/v1/webhook-endpoints"
    for who, region in (("HQ-1", "ZR"), ("OPS-1", "ALL")) * 3:
        heard = ["matching.MatchProposed", "intake.RequestReceived"]
        address = {"region": region, "url": "http://127.0.0.1:9/events", "event_types": heard}
        made = extra.do(who, root, address)["id"]
    path = f"{root}/{made}"
    extra.do("OPS-1", f"{path}/test")
    extra.journey.settle()
    (tried,) = extra.run.get("OPS-1", f"{path}/deliveries")["items"]
    extra.do("OPS-1", f"{path}/deliveries/{tried['id']}/resend")
    for step in ("secret", "pause", "resume", "remove"):
        extra.do("OPS-1", f"{path}/{step}")
    extra.do("OPS-1", root, address)


def a_person_says_how_to_write(extra: ExtraActions) -> None:
    """Everything that can be said, by the family, by headquarters, by the page and by a word."""
    rows = extra.journey.world.rows("notifications-data")
    sent = [json.loads(row["doc"]["S"]) for row in rows if row["pk"]["S"].startswith("MESSAGE#")]
    family = next(one["family_id"] for one in sent if one["audience"] == "family")
    path = f"/notifications/v1/people/{family}/preferences"
    news = ["questions", "reminders", "partner_news", "stories", "gifts"]
    wishes = {"channels": ["sms", "bot", "email"], "unwanted": news, "together": True}
    said = wishes | {"evidence": "spoken_by_phone"}
    extra.journey.call("HQ-1", "PUT", path, said, if_match=0, must=True)
    link = extra.do("HQ-1", f"{path}/link")["link"].rpartition("/")[2]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    page = f"/notifications/v1/preferences/{link}"
    itself = Principal(family, "person", "family", ("family",), audience="intake")
    extra.journey.people["FAMILY-ITSELF"] = itself
    own = "/notifications/v1/own-preferences"
    extra.journey.call("FAMILY-ITSELF", "PUT", own, wishes, if_match=1, must=True)
    extra.journey.call(None, "POST", page, "first=sms&together=", headers=form, must=True)
    extra.journey.settle()


ERRANDS = (
    events_go_out,
    providers_report,
    words_are_edited,
    an_inbox_is_worked,
    a_family_says_everything,
    a_person_says_how_to_write,
)
