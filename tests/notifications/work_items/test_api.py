"""The work inbox: the right role of the right region sees what to do, and marks it done."""

from dataclasses import replace
from datetime import date

import pytest

from services.notifications.policy import POLICY
from services.notifications.work_items.policy import resource
from services.notifications.work_items.repository import WorkItems
from shared.events import intake, matching
from shared.principal import Principal
from tests.notifications.fakes import (
    ADDRESS,
    CASE,
    FEDERAL,
    GUARDIAN,
    GUARDIAN_REP,
    HQ,
    HQ_ELSEWHERE,
    LEADER,
    MATCH,
    OF_CASE,
    OF_MATCH,
    OPERATIONS,
    NotificationsHarness,
)
from tests.notifications.news import CALL_DUE, RECEIVED, REQUIRED
from tests.notifications.work_items.inbox import calls, heard, proposed
from tests.support.api import Api
from tests.support.world import at

DONE = {"reason": "done"}
TAKEN = intake.CaseTaken(**OF_CASE, district_id="D05", number="12345674", taken_by="HQ-2")


def test_headquarters_finds_a_new_request_in_its_inbox(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(RECEIVED)

    (item,) = api.get("/inbox").json["items"]

    assert item["title"] == "Заявка семьи"
    assert "Рябиновский район" in item["text"]
    assert (item["reference"], item["status"], item["region"]) == (CASE, "new", "ZR")


def test_an_item_is_read_done_and_taken_back(harness: NotificationsHarness, api: Api) -> None:
    harness.tell(RECEIVED)
    path = f"/inbox/{api.get('/inbox').json['items'][0]['item_id']}"

    assert api.post(f"{path}/read", key="1").json["status"] == "read"
    assert api.post(f"{path}/done", DONE, key="2").json["status"] == "done"
    assert api.get("/inbox").json["items"] == []
    (done,) = api.get("/inbox?done=true").json["items"]
    assert (done["done_by"], done["done_reason"], done["ended_by"]) == ("usr_1", "done", None)
    assert api.post(f"{path}/reopen", key="3").json["status"] == "read"
    assert len(api.get("/inbox").json["items"]) == 1


def test_a_step_that_is_not_possible_names_the_ones_that_are(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(RECEIVED)
    path = f"/inbox/{api.get('/inbox').json['items'][0]['item_id']}"
    api.post(f"{path}/done", DONE, key="1")

    refused = api.post(f"{path}/done", DONE, key="2")

    assert (refused.status, refused.code) == (409, "item_already_done")
    assert refused.json["next_steps"] == [{"action": "reopen_item", "title": "Вернуть в работу"}]
    assert api.post(f"{path}/read", key="3").status == 409


def test_the_same_click_sent_twice_counts_once(harness: NotificationsHarness, api: Api) -> None:
    harness.tell(RECEIVED)
    path = f"/inbox/{api.get('/inbox').json['items'][0]['item_id']}"

    first, second = (api.post(f"{path}/read", key="same") for _ in range(2))

    assert first.json == second.json
    assert second.status == 200


@pytest.mark.requirement("X-05")
def test_another_region_does_not_know_that_the_item_exists(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(RECEIVED)
    path = f"/inbox/{api.get('/inbox').json['items'][0]['item_id']}"

    assert api.as_(HQ_ELSEWHERE).get("/inbox").json["items"] == []
    assert api.as_(HQ_ELSEWHERE).post(f"{path}/done", DONE, key="1").status == 404
    assert api.as_(HQ_ELSEWHERE).get("/inbox?region=ZR").status == 404
    assert api.as_(GUARDIAN_REP).get("/inbox").status == 403
    assert api.as_(None).get("/inbox").status == 401


def test_the_federal_headquarters_has_one_inbox_for_all_regions(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(
        matching.GuardianApplied(region="YY", guardian_id=GUARDIAN, legal_form="foundation")
    )

    federal = api.as_(FEDERAL)
    (item,) = federal.get("/inbox").json["items"]
    assert item["title"] == "Новая заявка опекуна"
    assert federal.get("/inbox?region=YY").code == "own_list_has_no_region"
    assert api.as_(OPERATIONS).get("/inbox").json["items"] == []
    assert api.as_(OPERATIONS).post(f"/inbox/{item['item_id']}/done", DONE, key="1").status == 404
    assert federal.post(f"/inbox/{item['item_id']}/done", DONE, key="1").status == 200


def test_a_long_inbox_is_read_page_by_page_the_urgent_first_then_by_due_time(
    harness: NotificationsHarness, api: Api
) -> None:
    for number, (due, urgent) in enumerate(
        [("16", False), ("15", True), ("14", False), ("18", True), ("15", False)]
    ):
        harness.world.set_time(at(f"2026-09-{due} 10:00"))
        harness.tell(
            RECEIVED.model_copy(update={"case_id": f"{CASE[:-1]}{number}", "urgent": urgent})
        )

    first = api.get("/inbox?limit=3").json
    second = api.get("/inbox", query={"limit": 3, "cursor": first["next_cursor"]}).json

    # The request is to be reviewed by the end of a day of the region, UTC+4: an urgent one at once.
    found = [(item["urgent"], item["due_at"][:16]) for item in first["items"] + second["items"]]
    assert found == [
        (True, "2026-09-15T20:00"),
        (True, "2026-09-18T20:00"),
        (False, "2026-09-15T20:00"),
        (False, "2026-09-16T20:00"),
        (False, "2026-09-17T20:00"),
    ]
    assert second["next_cursor"] is None
    texts = [item["text"] for item in first["items"] + second["items"]]
    assert [text.startswith("Срочно! Пришла новая") for text in texts] == [True] * 2 + [False] * 3


def test_a_person_with_only_a_telephone_becomes_a_call_for_headquarters(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.change(channel="phone_task", address=None)

    harness.tell(intake.CaseClosed(**OF_CASE, reason="withdrawn"))

    (item,) = api.get("/inbox").json["items"]
    assert item["title"] == "Позвоните и скажите новость"
    assert "«Мы закрыли вашу заявку»" in item["text"]
    assert item["reference"] == CASE


@pytest.mark.parametrize(
    ("reason", "status", "told"),
    [("done", "delivered", "MessageSent"), ("done", "delivered", "MessageDelivered"),
     ("unreachable", "failed", "MessageFailed"), ("not_needed", "withheld", "MessageWithheld")],
)  # fmt: skip
def test_news_by_telephone_is_sent_when_the_caller_says_that_it_was_heard(
    harness: NotificationsHarness, api: Api, reason: str, status: str, told: str
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    # More news than one commit settles, one of them with a form that nobody has a link to.
    harness.tell(REQUIRED)
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))
    harness.tell(matching.CareStarted(**OF_MATCH, started_on=date(2026, 9, 14)))
    harness.tell(CALL_DUE)
    calls = {one["template"]: one for one in harness.docs("MESSAGE") if one["audience"] == "family"}
    assert {(one["status"], one.get("sent_at")) for one in calls.values()} == {
        ("handed_over", None)
    }
    assert len(calls) == 4
    (item,) = [
        one for one in api.get("/inbox").json["items"]
        if one["kind"] == "tell_by_phone" and one["reference"] == CASE
    ]  # fmt: skip
    said = len(harness.world.events(f"notifications.{told}"))
    assert harness.world.events("notifications.FeedbackLinkSent") == []

    path = f"/inbox/{item['item_id']}"
    body = heard(api, path) if reason == "done" else {"reason": reason}
    assert api.post(f"{path}/done", body, key="k").status == 200
    harness.world.settle()
    harness.world.advance(at("2026-09-14 10:01"))

    (after,) = {
        (one["status"], one.get("reason"))
        for one in harness.docs("MESSAGE") if one["template"] in calls
        and one["audience"] == "family"
    }  # fmt: skip
    reasons = {"delivered": None, "failed": "not_reached", "withheld": "not_needed"}
    assert after == (status, reasons[status])
    events = harness.world.events(f"notifications.{told}")[said:]
    assert {one["data"]["template"] for one in events} >= {*calls}


def test_a_call_has_the_number_the_name_and_all_the_words_and_enters_the_answers(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(matching.CareStarted(**OF_MATCH, started_on=date(2026, 9, 14)))
    harness.tell(CALL_DUE)
    (item,) = [
        one for one in api.get("/inbox").json["items"]
        if one["kind"] == "tell_by_phone" and one["reference"] == CASE
    ]  # fmt: skip
    path = f"/inbox/{item['item_id']}"

    call = api.get(f"{path}/call").json

    assert (call["phone"], call["first_name"], call["refused"]) == (ADDRESS, "Анна", None)
    first, second = call["news"]
    assert [first["title"], second["title"]] == ["Помощь началась", "Как у вас дела?"]
    assert first["form_link"] is None
    assert "это займёт минуту: я спрошу вас сейчас" in second["text"]
    assert "://" not in first["text"] + second["text"]
    audited = [row for row in harness.world.rows("notifications-audit") if "purpose" in row]
    assert [(row["actor"]["S"], row["purpose"]["S"]) for row in audited] == [(HQ.id, "phone_task")]
    answers = {"score": 5, "needs_met": "yes", "wants_call": False}
    link = second["form_link"].rpartition("/")[2]
    assert api.as_(None).post(f"/feedback/{link}", answers, key="f").status == 201
    harness.world.settle()
    # What a colleague enters is never taken for the family's own hand.
    (received,) = harness.world.events("notifications.FeedbackReceived")
    assert received["data"]["in_call"] is True
    assert api.as_(HQ_ELSEWHERE).get(f"{path}/call").status == 404
    involved = api.as_(replace(HQ, org=GUARDIAN)).get(f"{path}/call").json["news"]
    assert [one["form_link"] for one in involved] == [None, None], "it would rate itself"

    (other, *_) = [one for one in api.get("/inbox").json["items"] if one["kind"] == "call_family"]
    no_call = api.get(f"/inbox/{other['item_id']}/call")
    assert (no_call.status, no_call.json["code"]) == (409, "item_is_no_call")

    harness.owners.refusals = {CASE: "erased"}
    assert api.get(f"{path}/call").json == {
        "first_name": None, "phone": None, "language": None, "refused": "erased", "news": [],
    }  # fmt: skip
    assert api.post(f"{path}/done", heard(api, path), key="d").status == 200
    harness.world.advance(at("2026-09-14 10:01"))
    closed = api.get(f"{path}/call")
    assert (closed.status, closed.json["code"]) == (409, "item_already_done")
    assert [each["action"] for each in closed.json["next_steps"]] == ["reopen_item"]

    # Who has closed the wrong call takes it back, and calls all the same.
    harness.owners.refusals = {}
    assert api.post(f"{path}/reopen", key="r").status == 200
    again = api.get(f"{path}/call").json
    assert (again["phone"], len(again["news"])) == (ADDRESS, 2)
    assert api.post(f"{path}/done", heard(api, path), key="d2").status == 200
    harness.world.advance(at("2026-09-14 10:05"))
    told = [each for each in harness.docs("MESSAGE") if each["audience"] == "family"]
    assert {(each["status"], each["channel"]) for each in told} == {("delivered", "phone_task")}
    assert len(harness.world.events("notifications.MessageDelivered")) == len(told) == 2


def test_work_that_was_taken_back_twice_goes_on_when_other_work_of_its_subject_ends(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(RECEIVED)
    (item,) = api.get("/inbox").json["items"]
    path = f"/inbox/{item['item_id']}"
    for number in range(2):
        harness.world.set_time(at(f"2026-09-14 10:1{number}"))
        assert api.post(f"{path}/done", DONE, key=f"d{number}").status == 200
        assert api.post(f"{path}/reopen", key=f"r{number}").status == 200

    harness.tell(TAKEN)

    assert [one["item_id"] for one in api.get("/inbox").json["items"]] == [item["item_id"]]


def test_a_call_that_succeeds_after_all_leaves_no_contact_to_check(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(REQUIRED)
    (call,) = calls(harness)
    path = f"/inbox/{call['item_id']}"

    def to_check() -> list[str]:
        found = [one for one in harness.docs("WORK_ITEM") if one["kind"] == "check_contact"]
        return [one["status"] for one in found]

    assert api.post(f"{path}/done", {"reason": "unreachable"}, key="1").status == 200
    harness.world.advance(at("2026-09-14 10:05"))
    assert to_check() == ["new"]
    assert api.post(f"{path}/reopen", key="2").status == 200
    assert api.post(f"{path}/done", heard(api, path), key="3").status == 200
    harness.world.advance(at("2026-09-14 10:06"))
    assert to_check() == ["done"]


def test_a_call_that_was_taken_back_shows_its_news_beside_what_came_since(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(REQUIRED)
    (call,) = calls(harness)
    path = f"/inbox/{call['item_id']}"
    assert api.post(f"{path}/done", {"reason": "other"}, key="1").status == 200
    harness.world.advance(at("2026-09-14 10:05"))
    assert api.post(f"{path}/reopen", key="2").status == 200
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))

    assert len(heard(api, path)["heard"]) == 2
    assert api.post(f"{path}/done", heard(api, path), key="3").status == 200
    harness.world.advance(at("2026-09-14 10:10"))
    told = [one["status"] for one in harness.docs("MESSAGE") if one["audience"] == "family"]
    assert told == ["delivered", "delivered"]
    harness.tell(proposed())
    assert api.get(f"{path}/call").code == "item_asked_anew"


def test_of_a_call_that_succeeds_after_all_what_was_not_read_out_stays_untold(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(REQUIRED)
    (call,) = calls(harness)
    path = f"/inbox/{call['item_id']}"
    for number, said in enumerate(({"reason": "unreachable"}, {"reason": "done", "heard": []})):
        assert api.post(f"{path}/done", said, key=f"d{number}").status == 200
        harness.world.advance(at(f"2026-09-14 10:0{number + 5}"))
        assert api.post(f"{path}/reopen", key=f"r{number}").status == 200

    (told,) = [one for one in harness.docs("MESSAGE") if one["message_id"] in call["calls"]]
    assert told["status"] == "failed"


def test_a_call_that_an_event_has_ended_told_nothing(harness: NotificationsHarness) -> None:
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(REQUIRED)

    harness.world.set_time(at("2026-09-14 10:05"))
    harness.tell(intake.FamilyErased(region="ZR", family_id=OF_CASE["family_id"]))
    harness.world.advance(at("2026-09-14 10:06"))

    (message,) = [one for one in harness.docs("MESSAGE") if one["audience"] == "family"]
    assert (message["status"], message["reason"]) == ("withheld", "outdated")


@pytest.mark.parametrize("caller", [HQ, HQ_ELSEWHERE, FEDERAL, OPERATIONS, LEADER])
def test_no_inbox_shows_what_view_denies(harness: NotificationsHarness, caller: Principal) -> None:
    for number, region in enumerate(("ZR", "YY")):

        def here(identifier: str, end: int = number) -> str:
            return f"{identifier[:-1]}{end}"

        harness.tell(RECEIVED.model_copy(update={"region": region, "case_id": here(CASE)}))
        harness.tell(
            matching.GuardianApplied(
                region=region, guardian_id=here(GUARDIAN), legal_form="foundation"
            )
        )
        match = OF_MATCH | {"region": region, "match_id": here(MATCH)}
        harness.tell(matching.IntroductionOverdue(**match, due_at=at("2026-09-14 09:00")))
    items = WorkItems(harness.world.stores["notifications"])

    found = harness.world.api("notifications", caller).get("/inbox").json["items"]

    assert all(POLICY.allows(caller, "view", resource(items.get(one["item_id"]))) for one in found)
    assert len(found) == {"usr_1": 2, "usr_2": 2, "usr_3": 2, "usr_4": 2, "usr_5": 0}[caller.id]
