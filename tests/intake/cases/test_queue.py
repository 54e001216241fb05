"""The one queue of a region: by time to the limit and by risk, a partition for each filter."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.intake.cases import care_track, queries
from services.intake.cases.coordination import limits, taking
from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases, queue_place
from services.intake.cases.values import Status
from services.intake.requests.domain import Request
from services.intake.requests.repository import Requests
from shared.principal import Principal
from shared.storage import rows
from shared.storage.connection import store
from shared.storage.repository import Repository
from tests.intake.api_client import HQ, HQ_2, HQ_Y, OPERATOR, IntakeClient, staff
from tests.intake.cases import builders
from tests.intake.families.builders import START, stamp
from tests.support.world import at


def lay_out(client: IntakeClient, kind: type[Repository[Any]], *stored: Any) -> None:
    """Put rows where a commit would have put them."""
    with client.world.service("intake"):
        repository = kind(store())
        table = client.world.dynamodb.rows(store().tables.data)
        for each in stored:
            row = repository.row(each)
            table[row.key.pk, row.key.sk] = rows.row_item(row, "cmt_laid_out")


def case(number: int, **facts: Any) -> Case:
    """A case that was received some minutes after the first one."""
    plain = {"case_id": f"cas_{number:026d}", "number": f"{number:08d}"}
    return builders.received(**plain | facts).model_copy(
        update={"received_at": START + timedelta(minutes=number)}
    )


def listed(
    client: IntakeClient, path: str = "/cases", who: Principal = HQ, **query: str
) -> list[str]:
    """The numbers of the cases of a list, page by page."""
    found, cursor = list[str](), None
    while True:
        more: dict[str, str] = {} if cursor is None else {"cursor": cursor}
        answer = client.get(who, path, limit="7", **query, **more)
        assert answer.status == 200, answer.text
        found += [row["number"].lstrip("0") for row in answer.json["items"]]
        if (cursor := answer.json["next_cursor"]) is None:
            return found


SEEN: dict[str, Callable[[Case], bool]] = {
    "": lambda each: each.open,
    "district_id=D01": lambda each: each.open and each.district == "D01",
    "programme=family_care": lambda each: each.open and each.programme == "family_care",
    "status=received": lambda each: each.status is Status.RECEIVED,
    "status=care_required": lambda each: each.status is Status.CARE_REQUIRED,
    "taken_by=HQ-1": lambda each: each.open and each.taken_by == "HQ-1",
}


def test_each_filter_shows_its_cases_by_limit_and_risk(client: IntakeClient) -> None:
    cases = [
        make(
            **facts,
            case_id=f"cas_{number:026d}",
            number=f"{number:08d}",
            district=("D01", "D05")[number % 2],
            programme=("service_member_care", "family_care")[number % 3 == 0],
            urgent=number % 4 == 0,
        )
        for number, (make, facts) in enumerate(
            [(each, dict[str, Any]()) for each in builders.IN_STATUS.values()] * 3, start=1
        )
        if number % 3 or make in (builders.received, builders.in_review, builders.one_time)
    ]
    elsewhere = builders.in_review(case_id=f"cas_{98:026d}", region="YY")
    lay_out(client, Cases, *cases, case(99, region="YY"), elsewhere)

    for query, fits in SEEN.items():
        chosen = sorted((each for each in cases if fits(each)), key=queue_place)
        assert chosen
        filters = dict([query.split("=")]) if query else {}
        assert listed(client, "/cases", HQ, **filters) == [
            each.number.lstrip("0") for each in chosen
        ]
    case_manager = staff("HQ-1", "case_manager")
    assert listed(client, "/taken-cases", case_manager) == listed(client, taken_by="HQ-1")
    assert listed(client, "/taken-cases", staff("CM-2", "case_manager")) == []
    assert client.get(OPERATOR, "/taken-cases").status == 403
    closed = [each.number.lstrip("0") for each in cases if not each.open]
    assert Counter(listed(client, status="closed")) == Counter(closed)


def test_two_filters_at_once_are_refused_in_words(client: IntakeClient) -> None:
    refused = client.get(HQ, "/cases", district_id="D01", status="received")

    assert (refused.status, refused.code) == (422, "one_filter_at_a_time")
    assert refused.json["title"] == "Выберите что-то одно"
    assert refused.json["errors"][0]["pointer"] == "/status"
    unknown = client.get(HQ, "/cases", district_id="D99")
    assert (unknown.status, unknown.code) == (422, "unknown_district")
    assert client.get(HQ, "/cases", status="closed", overdue="true").status == 422
    assert client.get(HQ_Y, "/cases", region="ZR", taken_by="HQ-1").status == 404
    assert client.get(OPERATOR, "/cases", district_id="D01").status == 403
    assert client.get(staff("DO", "district_office"), "/case-counts").status == 403


def test_a_case_made_of_a_question_is_to_be_taken_from_then_on(client: IntakeClient) -> None:
    asked = client.asked(purpose="information")
    client.world.set_time(at("2026-09-14 15:05"))

    client.do(OPERATOR, f"/requests/{asked['id']}/case")

    (row,) = client.get(HQ, "/cases").json["items"]
    assert (row["age_hours"], row["hours_left"], row["hours_over"]) == (5, 2, None)
    client.do(OPERATOR, f"/requests/{asked['id']}/additions", {"urgency": "urgent"})
    assert client.get(HQ, "/cases").json["items"][0]["hours_left"] == 0


def test_a_row_shows_age_limit_and_what_this_caller_may_do(client: IntakeClient) -> None:
    calm, urgent = client.received(), client.received(contact=None, urgency="urgent")
    client.world.set_time(at("2026-09-14 12:05"))

    first, second = client.get(HQ, "/cases").json["items"]

    assert (first["id"], first["urgent"], first["taken_by"]) == (urgent, True, None)
    assert (first["age_hours"], first["hours_left"], first["hours_over"]) == (2, None, 1)
    assert (second["id"], second["hours_left"], second["hours_over"]) == (calm, 0, None)
    assert first["next_steps"] == ["take", "correct_needs", "withdraw"]
    assert [row["id"] for row in client.get(HQ, "/cases", overdue="true").json["items"]] == [urgent]

    client.do(HQ_2, f"/cases/{calm}/take")
    for who in (HQ_2, staff("HQ-3", "regional_hq"), HQ):
        (row,) = client.get(who, "/cases", status="in_review").json["items"]
        assert row["next_steps"] == client.get(who, f"/cases/{calm}").json["next_steps"]
    assert [row["id"] for row in client.get(HQ, "/cases", taken_by="HQ-2").json["items"]] == [calm]


def test_a_case_managers_own_and_an_untaken_case_in_one_list_offer_what_each_does(
    client: IntakeClient,
) -> None:
    manager, untaken = staff("CM-1", "case_manager"), client.received()
    family = client.signed_in()
    client.do(family, f"/cases/{untaken}/withdraw", {})
    client.do(family, f"/cases/{untaken}/reopen", {"reason": "needs_returned"})
    own = client.received(contact=None)
    client.do(manager, f"/cases/{own}/take")

    rows = {row["id"]: row["next_steps"] for row in client.get(manager, "/cases").json["items"]}

    seen = {
        each: client.get(manager, f"/cases/{each}").json["next_steps"] for each in (own, untaken)
    }
    assert rows == seen == {own: ["clarify_needs"], untaken: ["take"]}


# The table of the README: when a status begins in `builders`, in minutes, and its hours.
LIMITS = {
    Status.RECEIVED: (0, 3, 1),
    Status.IN_REVIEW: (25, 24, 8),
    Status.ONE_TIME_HELP: (60, 7 * 24, 56),
    Status.CARE_REQUIRED: (70, 3 * 24, 24),
    Status.MATCHED: (80, 3 * 24, 24),
    Status.IN_CARE: (100, 31 * 24, 31 * 24),
}


@pytest.mark.parametrize("status", LIMITS)
def test_each_status_has_a_limit_that_no_take_over_moves(status: Status) -> None:
    begins, calm, urgent = LIMITS[status]
    triaged = {"triage": builders.triage("one_time").model_copy(update={"at": moment(60)})}
    for facts, hours in (({}, calm), ({"urgent": True}, urgent)):
        waits = builders.IN_STATUS[status](**facts)
        if status is Status.ONE_TIME_HELP:
            waits = waits.model_copy(update=triaged)
        due = moment(begins) + timedelta(hours=hours)
        assert limits.breach_at(waits) == due
        if waits.taken_by:
            over = taking.take_over(waits, stamp(2000, by="HQ-2"), waits.taken_by, "agreed")
            assert limits.breach_at(over) == due


def test_a_need_that_is_urgent_makes_its_case_so_while_it_is_open() -> None:
    urgent = builders.need("ned_1", urgency="urgent")
    for need, hours in ((urgent, 1), (urgent.model_copy(update={"status": "met"}), 3)):
        assert limits.breach_at(builders.received(needs=(need,))) == moment(60 * hours)


def test_a_review_that_begins_again_has_its_whole_time_again() -> None:
    lifted = care_track.lift_care(builders.waiting(), stamp(500), "not_needed")
    reopened = builders.closed().reopen(stamp(900), "new_request", None)

    assert limits.breach_at(lifted) == moment(500) + timedelta(hours=24)
    assert limits.breach_at(reopened) == moment(900) + timedelta(hours=24)
    again = builders.received().withdraw(stamp(10), "helped_elsewhere")
    untaken = again.reopen(stamp(900, role="operator"), "asked_again", None)
    assert limits.breach_at(untaken) == moment(900) + timedelta(hours=3)


def test_of_two_with_one_limit_the_urgent_is_first() -> None:
    calm, urgent = case(0), case(120, urgent=True)

    assert limits.breach_at(calm) == limits.breach_at(urgent)
    assert queue_place(urgent) < queue_place(calm)


def test_the_page_far_behind_costs_what_the_first_one_does(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(client, Cases, *(case(number) for number in range(1, 121)))
    asked: list[tuple[str, int]] = []
    whole = client.world.dynamodb.query
    batch = client.world.dynamodb.batch_get_item

    def query(**request: Any) -> Any:
        answer = whole(**request)
        asked.append((request["IndexName"], len(answer["Items"])))
        return answer

    def read(**request: Any) -> Any:
        answer = batch(**request)
        asked.append(("batch", sum(map(len, answer["Responses"].values()))))
        return answer

    monkeypatch.setattr(client.world.dynamodb, "query", query)
    monkeypatch.setattr(client.world.dynamodb, "batch_get_item", read)

    for filters, index in (({}, "by_region"), ({"district_id": "D01"}, "by_district")):
        cursor, costs = dict[str, str](), list[list[tuple[str, int]]]()
        for _ in range(12):
            asked.clear()
            page = client.get(HQ, "/cases", limit="10", **filters, **cursor).json
            costs.append(list(asked))
            assert len(page["items"]) == 10
            cursor = {"cursor": page["next_cursor"]}
        assert costs[0] == costs[-1]
        assert costs[0] == [(index, 10)] + ([("batch", 10)] if filters else [])


def test_a_list_that_has_not_changed_is_not_sent_again(client: IntakeClient) -> None:
    for _ in range(2):
        client.received(contact=None)
    first = client.get(HQ, "/cases", limit="1")
    tag = first.headers["ETag"]

    again = client.api(HQ).with_(If_None_Match=tag).get("/cases", query={"limit": "1"})
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag)
    other = client.api(HQ).with_(If_None_Match=tag).get("/cases", query={"limit": "2"})
    assert other.status == 200

    client.do(HQ, f"/cases/{first.json['items'][0]['id']}/take")
    changed = client.api(HQ).with_(If_None_Match=tag).get("/cases", query={"limit": "1"})
    assert changed.status == 200
    requests = client.get(HQ, "/requests", status="joined").headers["ETag"]
    lists = client.api(HQ).with_(If_None_Match=requests)
    assert lists.get("/requests", query={"status": "joined"}).status == 304


def test_open_cases_are_counted_by_status_and_hours(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Received at 9:40 and one minute apart: within three hours, each must be taken.
    lay_out(client, Cases, *(case(number) for number in range(1, 121)), case(500, region="YY"))
    lay_out(client, Cases, builders.in_care(case_id="cas_care"), builders.closed(case_id="cas_x"))
    client.world.set_time(at("2026-09-14 12:50:30"))

    counts = client.get(HQ, "/case-counts").json

    received = counts["statuses"][0]
    assert received == {
        "status": "received",
        "over": 10,
        "within_hour": 60,
        "within_day": 50,
        "later": 0,
        "more": False,
    }
    assert (counts["open"], counts["over"], counts["more"]) == (121, 10, False)
    assert [each["later"] for each in counts["statuses"] if each["status"] == "in_care"] == [1]
    monkeypatch.setattr(queries, "MOST_COUNTED", 60)  # as many as there are are no more than that
    assert client.get(HQ, "/case-counts").json == counts
    monkeypatch.setattr(queries, "MOST_COUNTED", 20)
    bounded = client.get(HQ, "/case-counts").json
    assert (bounded["statuses"][0]["within_hour"], bounded["more"]) == (20, True)


@pytest.mark.requirement("S2-51")
def test_a_hundred_and_twenty_requests_are_three_small_pages(client: IntakeClient) -> None:
    lay_out(client, Requests, *(request(number) for number in range(120)))

    pages, cursor = list[Any](), dict[str, str]()
    while not pages or pages[-1].json["next_cursor"]:
        pages.append(client.get(HQ, "/requests", **cursor))
        cursor = {"cursor": pages[-1].json["next_cursor"]}

    assert [len(page.json["items"]) for page in pages] == [50, 50, 20]
    assert len({row["id"] for page in pages for row in page.json["items"]}) == 120
    assert max(len(page.text.encode()) for page in pages) <= 100_000


def request(number: int) -> Request:
    """A question of the hotline with as many needs as one call names."""
    needs = [
        {"need_id": f"ned_{number:026d}", "category": category, "urgency": "urgent"}
        for category in ("psycho_educational_aid", "information_legal_aid", "household_help")
    ]
    facts = {
        "request_id": f"req_{number:026d}",
        "number": f"{number:08d}",
        "district": "D01",
        "channel": "hotline",
        "initiated_by": "self",
        "purpose": "hardship",
        "confidentiality": "confidential",
        "registered_by": "OP-1",
        "registered_role": "hotline_operator",
        "received_at": moment(number),
        "needs": needs,
    }
    return Request.model_validate(
        {"region": "ZR", "programme": "service_member_care", "family_id": f"fam_{number:026d}"}
        | facts
    )


def moment(number: int) -> datetime:
    """One minute after the other."""
    return START + timedelta(minutes=number)
