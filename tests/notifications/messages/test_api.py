"""The status of messages, for the staff."""

import pytest

from shared.events import intake
from tests.notifications.fakes import (
    ASKED,
    CASE,
    HQ,
    HQ_ELSEWHERE,
    OF_CASE,
    OPERATIONS,
    REQUEST,
    NotificationsHarness,
)
from tests.support.api import Api

RECEIVED = intake.RequestReceived(**ASKED, district_id="D05")


@pytest.fixture
def api(harness: NotificationsHarness) -> Api:
    return harness.world.api("notifications", HQ)


def test_the_status_of_messages_is_shown_without_their_words(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(RECEIVED)
    harness.owners.refusals = {CASE: "not_found"}
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))

    found = [
        message
        for about in (REQUEST, CASE)
        for message in api.get("/messages", query={"reference": about}).json["items"]
    ]
    assert {one["template"]: one["status"] for one in found if one["audience"] == "family"} == {
        "request_received_family": "sent",
        "care_requirement_lifted_family": "failed",
    }
    assert not {"text", "address", "subject"} & set(found[0])
    (failed,) = api.get("/messages").json["items"]
    assert failed["template"] == "care_requirement_lifted_family"
    assert api.as_(OPERATIONS).get("/messages?region=ZR").json["items"] == [failed]
    assert api.as_(HQ_ELSEWHERE).get("/messages", query={"reference": CASE}).json["items"] == []


def test_news_of_a_family_that_may_not_be_written_to_is_found_with_its_reason(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.refusals = {CASE: "no_consent"}
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))

    found = api.get("/messages", query={"reference": CASE}).json["items"]

    (silenced,) = [one for one in found if one["audience"] == "family"]
    assert (silenced["status"], silenced["reason"]) == ("withheld", "no_consent")
    assert silenced["template"] == "case_reopened_family"
    assert silenced["sent_at"] is None
    (told,) = harness.world.events("notifications.MessageWithheld")
    assert told["data"]["reason"] == "no_consent"
