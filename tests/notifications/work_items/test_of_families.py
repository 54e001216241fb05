"""Work about families: requests, cases that are to be taken, help that was promised."""

import re
from dataclasses import replace

import pytest

from infra.configuration.regions import read_stage
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import Audience
from shared.events import intake
from shared.events.intake_caseloads import CaseloadTransferred
from shared.events.intake_families import RequestLeftCase
from shared.events.intake_rights import DisclosedToOffice, DisclosureEnded
from shared.principal import Principal
from tests.notifications.fakes import CASE, FAMILY, FEDERAL, HQ, OF_CASE, NotificationsHarness
from tests.notifications.news import RECEIVED, required
from tests.notifications.work_items.inbox import (
    CLOSED,
    FORGOTTEN,
    NO_CASE_LEFT,
    TRIAGED,
    WAITS,
    happened,
    items,
    proposed,
    waiting,
)
from tests.support.api import Api
from tests.support.reference import reference_data
from tests.support.world import at

TEMPLATES = Templates.connect().by_name.values()


def test_a_question_is_reviewed_until_it_is_answered_or_becomes_a_case(
    harness: NotificationsHarness,
) -> None:
    of_request = {"region": "ZR", "programme": "service_member_care", "request_id": "req_7"}
    asked = intake.RequestReceived(
        **of_request, channel="hotline", initiated_by="self", purpose="information",
        confidentiality="confidential", district_id="D05",
    )  # fmt: skip
    harness.tell(asked)
    assert waiting(harness) == [("review_request", "regional_hq")]

    harness.tell(intake.RequestEnded(**of_request, reason="answered"))
    assert waiting(harness) == []
    (done,) = harness.world.api("notifications", HQ).get("/inbox?done=true").json["items"]
    assert (done["done_reason"], done["ended_by"]) == ("done", "intake.RequestEnded")

    another = of_request | {"request_id": "req_8"}
    harness.tell(asked.model_copy(update=another))
    joined = intake.RequestJoined(**another, case_id=CASE, district_id="D05", opened=True)
    harness.tell(joined)
    assert {each.get("reference") for each in items(harness) if each["status"] != "done"} == {CASE}


def test_both_coordinators_look_when_a_request_goes_from_one_case_to_another(
    harness: NotificationsHarness,
) -> None:
    of_request = {"region": "ZR", "programme": "service_member_care", "request_id": "req_7"}
    left = RequestLeftCase(**of_request, case_id=CASE, district_id="D05", open=False)
    said_before = intake.RequestJoined(**of_request, case_id=CASE, district_id="D05")
    joined = said_before.model_copy(update={"known": True})
    for silent in (left, said_before, joined):
        harness.tell(silent)
    assert waiting(harness) == []

    harness.tell(left.model_copy(update={"open": True}))
    assert waiting(harness) == [("clarify_needs", "regional_hq")]
    harness.tell(joined.model_copy(update={"known": False}))
    assert ("review_request", "regional_hq") in waiting(harness)


def test_a_family_that_asks_again_after_the_decision_is_work_until_something_is_done(
    harness: NotificationsHarness,
) -> None:
    repeated = RECEIVED.model_copy(update={"repeats": True})
    clarified = intake.NeedsChanged(**OF_CASE, categories=(), needs=())
    harness.tell(RECEIVED)
    harness.tell(clarified)
    assert waiting(harness) == [("review_request", "regional_hq")]
    harness.tell(intake.RequestTriaged(**OF_CASE, decision="one_time", district_id="D05"))
    harness.tell(repeated)
    assert ("review_request", "regional_hq") in waiting(harness)

    harness.tell(clarified.model_copy(update={"decided": True}))

    assert ("review_request", "regional_hq") not in waiting(harness)


def test_a_case_that_nobody_takes_climbs_to_the_lead_and_ends_when_it_is_taken(
    harness: NotificationsHarness, api: Api
) -> None:
    waits = {"district_id": "D05", "number": "10000008", "urgent": True, "waiting_since": WAITS}
    harness.tell(intake.CaseUntaken(**OF_CASE, **waits, climbs=False))
    assert waiting(harness) == [("take_case", "regional_hq")]
    assert api.get("/inbox", query={"lead": "true"}).status == 403

    harness.tell(intake.CaseUntaken(**OF_CASE, **waits, climbs=True))
    lead = api.as_(replace(HQ, id="HQ-1"))
    (item,) = lead.get("/inbox", query={"lead": "true"}).json["items"]
    assert "10000008" in item["text"]
    assert item["text"].startswith("Срочную заявку 10000008")
    assert lead.get("/inbox/counts", query={"lead": "true"}).json["urgent"] == 1
    assert [one["kind"] for one in lead.get("/inbox").json["items"]] == ["take_case"]
    stage = read_stage("local")
    with reference_data({**stage, "ZR": stage["ZR"].model_copy(update={"lead": ()})}):
        (left,) = api.get("/inbox", query={"lead": "true"}).json["items"]  # no longer one person's
        assert left["item_id"] == item["item_id"]

    taken = {"district_id": "D05", "number": "10000008", "taken_by": "HQ-2"}
    harness.tell(intake.CaseTaken(**OF_CASE, **taken))
    assert waiting(harness) == []


def test_what_climbs_in_a_region_without_a_lead_is_asked_of_the_federation(
    harness: NotificationsHarness, api: Api
) -> None:
    stage = read_stage("local")
    waits = {"district_id": "D05", "number": "10000008", "urgent": True, "waiting_since": WAITS}
    with reference_data({**stage, "ZR": stage["ZR"].model_copy(update={"lead": ()})}):
        harness.tell(intake.CaseUntaken(**OF_CASE, **waits, climbs=True))
        (item,) = api.as_(FEDERAL).get("/inbox").json["items"]
    assert (item["kind"], item["region"]) == ("take_case", "ZR")
    # No case and no region is the federation's own.
    climbing = [each for each in TEMPLATES if each.audience is Audience.REGION_LEAD]
    words = " ".join(text for each in climbing for text in each.wordings.values())
    assert not re.search(r"возьмите|вашем регионе", words)


def test_a_colleague_learns_that_the_case_was_taken_over(
    harness: NotificationsHarness, api: Api
) -> None:
    taken = {"district_id": "D05", "number": "10000008", "taken_by": "HQ-2"}
    harness.tell(intake.CaseTaken(**OF_CASE, **taken, taken_from="HQ-3", reason="agreed"))

    (item,) = api.get("/inbox").json["items"]
    assert item["kind"] == "hand_over_case"
    assert "если раньше с ней работали вы, расскажите коллеге" in item["text"]
    assert "HQ" not in item["text"], "an account is no name"
    harness.tell(CLOSED)
    assert waiting(harness) == []


def test_a_whole_caseload_is_heard_of_once(harness: NotificationsHarness, api: Api) -> None:
    taken = {"district_id": "D05", "number": "10000008", "taken_by": "HQ-2"}
    over = {"taken_from": "HQ-3", "reason": "colleague_left", "with_caseload": True}
    harness.tell(intake.CaseTaken(**OF_CASE, **taken, **over))
    assert waiting(harness) == []

    told = CaseloadTransferred(region="ZR", transfer_id="trf_1", moved=118, left=2, taken_by="CM-2")
    harness.tell(told)
    (item,) = api.get("/inbox").json["items"]
    assert (item["kind"], item["reference"]) == ("hand_over_caseload", "trf_1")
    assert "Передано: 118. Не передано: 2." in item["text"]
    assert "передайте и остальные" not in item["text"]
    # A case manager, whose unit no event names, is asked as herself, in whichever role she acts.
    for role in ("case_manager", "regional_hq"):
        colleague = api.as_(Principal("CM-2", "person", role, (role,), ("ZR",)))
        (own,) = colleague.get("/inbox", query={"own": "true"}).json["items"]
        assert (own["kind"], own["reference"]) == ("receive_caseload", "trf_1")
        assert "Передано заявок: 118." in own["text"]

    harness.tell(told.model_copy(update={"transfer_id": "trf_2", "more": True}))
    texts = [item["text"] for item in api.get("/inbox").json["items"]]
    assert [text for text in texts if "передайте и остальные" in text]
    # Who asked for the cases herself knows, and of none that came there is nothing to know.
    untold: tuple[dict[str, object], ...] = (
        {"by_receiver": True},
        {"moved": 0},
        {"taken_by": None},
    )
    for number, nothing in enumerate(untold):
        harness.tell(told.model_copy(update={"transfer_id": f"trf_1{number}", **nothing}))
    assert colleague.get("/inbox/counts", query={"own": "true"}).json["open"] == 2
    done = f"/inbox/{own['item_id']}/done"
    assert colleague.post(done, {"reason": "done"}, key="1").status == 200
    assert colleague.get("/inbox/counts", query={"own": "true"}).json["open"] == 1


def test_one_help_that_was_decided_on_is_work_until_all_of_it_is_given(
    harness: NotificationsHarness,
) -> None:
    harness.tell(TRIAGED.model_copy(update={"decision": "one_time"}))
    assert waiting(harness) == [("give_aid", "regional_hq")]

    harness.tell(
        intake.AidRecorded(
            **OF_CASE, aid_id="aid_1", category="food_aid", persons=3,
            beneficiary_key="key_1",
        )
    )  # fmt: skip
    assert waiting(harness) == [("give_aid", "regional_hq")]
    harness.tell(CLOSED.model_copy(update={"reason": "aid_given"}))

    assert waiting(harness) == []


def test_a_request_is_urgent_when_a_need_is(harness: NotificationsHarness) -> None:
    for number, urgent in enumerate((False, True)):
        update = {"case_id": f"{CASE[:-1]}{number}", "urgent": urgent}
        harness.tell(RECEIVED.model_copy(update=update))

    assert [one["urgent"] for one in items(harness)] == [False, True]


def test_each_office_has_its_own_look_at_a_family_until_its_time_is_over(
    harness: NotificationsHarness,
) -> None:
    shown = {"region": "ZR", "family_id": FAMILY, "reason": "child_in_danger"}
    offices = {"D05": "2026-09-20T08:00:00Z", "D02": "2026-09-22T09:00:00Z"}
    for district, until in offices.items():
        harness.tell(DisclosedToOffice(**shown, district_id=district, until=until))

    def open_in() -> set[str | None]:
        return {each["district_id"] for each in items(harness) if each["status"] != "done"}

    assert open_in() == {"D05", "D02"}
    harness.tell(NO_CASE_LEFT)
    assert open_in() == {"D05", "D02"}, "it is shown the family until its day all the same"
    harness.world.advance(at("2026-09-20 12:01"))
    assert open_in() == {"D02"}
    (over,) = items(harness, status="done")
    assert (over["done_reason"], over["done_by"]) == ("not_needed", "system:notifications")
    # Shown again, it is work again.
    harness.tell(DisclosedToOffice(**shown, district_id="D05", until="2026-10-04T09:00:00Z"))
    assert open_in() == {"D05", "D02"}
    ended = {"region": "ZR", "family_id": FAMILY}
    harness.tell(DisclosureEnded(**ended, district_id="D05"))
    assert open_in() == {"D02"}
    harness.tell(FORGOTTEN)
    assert open_in() == set()


@pytest.mark.parametrize(
    ("since", "searched"), [("2026-09-14 10:59", False), (None, True), ("2026-09-14 11:05", True)]
)
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_who_was_proposed_while_it_was_on_its_way_that_a_family_waits_ends_the_search(
    harness: NotificationsHarness, order: tuple[int, int], since: str | None, searched: bool
) -> None:
    waits = required(again=True).model_copy(update={"waits_since": at(since) if since else None})
    bodies = happened(harness, proposed(), waits)
    harness.deliver(*(bodies[place] for place in order))
    assert (("find_guardian", "regional_hq") in waiting(harness)) is searched
