"""An operator's call: who rings, and what a colleague took down."""

from typing import Any

from tests.intake.api_client import (
    HQ,
    NAME,
    OPERATOR,
    PHONE,
    WORDS,
    IntakeClient,
    request,
    rows_read,
    staff,
)

COLLEAGUE = staff("OP-2", "hotline_operator")
FOREIGN = staff("OP-Y", "hotline_operator", "YY")


def audited(client: IntakeClient, subject: str, action: str) -> list[str]:
    """Who looked at a subject by that action."""
    found = client.world.rows("intake-audit")
    return [
        row["actor"]["S"]
        for row in found
        if row["pk"]["S"] == subject and row["action"]["S"] == action
    ]


def read(client: IntakeClient, who: Any, path: str, body: Any) -> Any:
    """A question asked in a body."""
    return client.post(who, path, body, key=None)


def test_the_screen_shows_who_calls_without_a_name(client: IntakeClient) -> None:
    first = client.asked()
    client.do(HQ, f"/cases/{first['case_id']}/take")
    second = client.asked(urgency="urgent")

    seen = read(client, COLLEAGUE, "/callers/search", {"phone": "8 (916) 123-45-67"}).json

    assert (seen["known"], seen["shared"]) == (True, False)
    (family,) = seen["families"]
    assert (family["id"], family["urgent"], family["language"]) == (first["family_id"], True, "ru")
    (case,) = family["open_cases"]
    assert (case["number"], case["progress"], case["taken"]) == (
        first["number"],
        "in_review",
        True,
    )
    numbers = [each["number"] for each in family["latest_requests"]]
    assert numbers == [second["number"], first["number"]]
    assert seen.pop("phone") == PHONE
    for secret in (NAME, PHONE[2:], WORDS):
        assert secret not in str(seen)
    assert audited(client, first["family_id"], "find_caller") == ["OP-2"]
    stranger = read(client, COLLEAGUE, "/callers/search", {"phone": "+79160000000"}).json
    assert stranger == {
        "phone": "+79160000000",
        "known": False,
        "shared": False,
        "more": False,
        "families": [],
    }


def test_a_shared_phone_says_so_and_a_lookup_is_of_ones_own_region_and_counted(
    client: IntakeClient,
) -> None:
    client.asked()
    client.asked(other_person=True)
    phone = {"phone": PHONE}

    seen = read(client, OPERATOR, "/callers/search", phone).json

    assert (seen["shared"], seen["more"]) == (True, False)
    assert len({each["id"] for each in seen["families"]}) == 2
    assert not read(client, FOREIGN, "/callers/search", phone).json["known"]
    assert read(client, FOREIGN, "/callers/search", phone | {"region": "ZR"}).status == 404
    assert read(client, staff("CM-1", "case_manager"), "/callers/search", phone).status == 403
    answers = [read(client, OPERATOR, "/callers/search", phone).status for _ in range(60)]
    assert answers == [200] * 59 + [429]
    # A shelter's phone: who is not shown is found by the number of a request.
    for _ in range(4):
        client.asked(other_person=True)
    seen = read(client, COLLEAGUE, "/callers/search", phone).json
    assert (len(seen["families"]), seen["more"]) == (5, True)
    found = read(client, COLLEAGUE, "/requests/search", phone).json
    moments = [each["received_at"] for each in found["items"]]
    assert (len(moments), moments) == (5, sorted(moments, reverse=True))
    assert found["more"]
    alone = {"number": found["items"][0]["number"]}
    assert not read(client, COLLEAGUE, "/requests/search", alone).json["more"]


def test_headquarters_takes_down_the_call_of_a_family_that_shares_its_phone(
    client: IntakeClient,
) -> None:
    client.asked()
    other = client.asked(other_person=True, family={"members": [{"relation": "grandmother"}]})
    unclear = client.post(HQ, "/requests", request())
    assert unclear.code == "which_family_calls"

    seen = read(client, HQ, "/callers/search", {"phone": PHONE}).json["families"]

    by_number = {
        number["number"]: each["id"] for each in seen for number in each["latest_requests"]
    }
    registered = client.do(HQ, "/requests", request(family_id=by_number[other["number"]]))
    assert registered["case_id"] == other["case_id"]


def test_each_way_to_look_up_is_counted_together(client: IntakeClient) -> None:
    asked = client.asked()
    back = f"/requests/{asked['id']}/read-back"
    for _ in range(20):
        read(client, COLLEAGUE, "/requests/search", {"number": asked["number"]})
        client.get(COLLEAGUE, back)
        read(client, COLLEAGUE, "/callers/search", {"phone": PHONE})

    assert client.get(COLLEAGUE, back).status == 429
    assert read(client, COLLEAGUE, "/requests/search", {"phone": PHONE}).status == 429
    assert read(client, COLLEAGUE, "/callers/search", {"phone": PHONE}).status == 429
    assert client.get(OPERATOR, back).status == 200


def test_the_phone_that_calls_is_found_in_one_read_of_the_index(client: IntakeClient) -> None:
    client.asked()

    with rows_read(client) as read_by:
        read(client, OPERATOR, "/callers/search", {"phone": PHONE})

    assert [each for each in read_by if each in ("CONTACT", "PERSON")] == ["CONTACT", "PERSON"]


def test_a_colleagues_request_is_found_by_number_or_phone_and_in_no_list(
    client: IntakeClient,
) -> None:
    asked = client.asked()
    path = f"/requests/{asked['id']}"

    found = read(client, COLLEAGUE, "/requests/search", {"number": asked["number"]}).json["items"]
    by_phone = read(client, COLLEAGUE, "/requests/search", {"phone": PHONE}).json["items"]

    assert [each["id"] for each in found] == [each["id"] for each in by_phone] == [asked["id"]]
    assert (found[0]["case_status"], found[0]["next_steps"]) == ("received", ["add"])
    assert audited(client, asked["id"], "find_request") == ["OP-2", "OP-2"]
    assert client.get(COLLEAGUE, f"{path}/read-back").json["text"] == "Муж далеко, одной тяжело"
    assert audited(client, asked["family_id"], "read") == ["OP-2"]
    assert client.get(COLLEAGUE, "/own-requests").json["items"] == []
    assert client.get(COLLEAGUE, path).status == 404
    assert client.get(FOREIGN, f"{path}/read-back").status == 404
    number = {"number": asked["number"]}
    assert read(client, FOREIGN, "/requests/search", number).status == 404
    both = read(client, COLLEAGUE, "/requests/search", number | {"phone": PHONE})
    assert (both.status, both.code) == (422, "number_or_phone")


def test_a_colleagues_question_offers_only_what_the_operator_may_do(client: IntakeClient) -> None:
    asked = client.asked(purpose="information")

    (found,) = read(client, COLLEAGUE, "/requests/search", {"number": asked["number"]}).json[
        "items"
    ]

    assert found["next_steps"] == ["add"]
    client.do(COLLEAGUE, f"/requests/{asked['id']}/additions", {"urgency": "urgent"})
    (told,) = client.published("RequestExtended")
    assert (told["case_id"], told["urgent"]) == (None, True)
    assert client.post(COLLEAGUE, f"/requests/{asked['id']}/case").status == 404
    own = client.get(OPERATOR, f"/requests/{asked['id']}").json
    assert own["next_steps"] == ["join", "end", "add", "mend"]
