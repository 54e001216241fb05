"""The same family asks again: nothing that it says is lost, and nobody else learns of it."""

from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from shared.principal import Principal
from tests.intake.api_client import (
    HQ,
    NAME,
    OPERATOR,
    PHONE,
    IntakeClient,
    just_before_the_next_write,
    request,
    rows_read,
    staff,
)
from tests.simulation.fault_injection import client_error
from tests.support.world import at

WRITTEN_OTHERWISE = {"name": "Аня", "channel": "sms", "phone": "8 (916) 123-45-67"}
OTHER = {"name": NAME, "channel": "sms", "phone": "+79161234568"}
WORSE = {
    "needs": [
        {"category": "household_help", "urgency": "urgent", "text": "Сломала руку"},
        {"category": "animal_care"},
    ],
    "text": "Стало хуже",
}


@pytest.mark.requirement("S4-08")
@pytest.mark.parametrize("who", [OPERATOR, HQ, None], ids=["hotline", "regional_hq", "web"])
def test_a_request_is_received_with_a_number_and_a_repeat_within_a_day_makes_no_second_case(
    client: IntakeClient, who: Principal | None
) -> None:
    """Instead of the first id the repeat has its own number in the same case (decision 0032)."""
    path = "/requests" if who else "/web-requests"

    def ask(**changes: Any) -> tuple[Any, int]:
        said = client.do(who, path, request(**changes))
        return said, client.get(HQ, "/case-counts").json["open"]

    assert client.get(HQ, "/case-counts").json["open"] == 0
    first, queue = ask()
    assert (len(first["number"]), queue) == (8, 1)
    (event,) = client.published("RequestReceived")
    channel = {"OP-1": "hotline", "HQ-1": "regional_hq"}[who.id] if who else "web"
    assert (event["channel"], event["district_id"]) == (channel, "D01")
    assert client.view(event["case_id"])["status"] == "received"
    client.world.set_time(at("2026-09-15 09:39"))

    again, queue = ask(text="Ещё раз")

    assert (again["number"] != first["number"], queue) == (True, 1)
    repeat = client.published("RequestReceived")[-1]
    assert (repeat["repeats"], repeat["case_id"]) == (True, event["case_id"])
    assert len(client.view(event["case_id"])["requests"]) == 2


def test_a_second_call_of_the_family_is_added_to_its_open_case(client: IntakeClient) -> None:
    first = client.asked()

    second = client.asked(contact=WRITTEN_OTHERWISE, **WORSE)

    assert second["id"] != first["id"]
    assert second["number"] != first["number"]
    assert (second["case_id"], second["family_id"]) == (first["case_id"], first["family_id"])
    view = client.view(first["case_id"])
    assert view["requests"] == [first["id"], second["id"]]
    assert [need["category"] for need in view["needs"]] == [
        "household_help",
        "repair_work",
        "animal_care",
    ]
    assert (view["needs"][0]["urgency"], view["urgent"]) == ("urgent", True)
    words = client.get(HQ, f"/cases/{first['case_id']}/contact").json
    assert [each["text"] for each in words["requests"]] == [
        "Муж далеко, одной тяжело",
        "Стало хуже",
    ]
    assert "Сломала руку" in [each["text"] for each in words["needs"]]
    assert words["contact"]["name"] == NAME
    history = client.get(HQ, f"/cases/{first['case_id']}/history").json["items"]
    assert [entry["what"] for entry in history] == ["received", "asked_again"]


def test_headquarters_hears_that_the_family_asked_again_and_what_changed(
    client: IntakeClient,
) -> None:
    client.asked()

    second = client.asked(**WORSE)

    first_event, again = client.published("RequestReceived")
    assert (first_event["repeats"], again["repeats"]) == (False, True)
    assert again["urgent"]
    (changed,) = client.published("NeedsChanged")
    assert changed["request_id"] == second["id"]
    assert changed["categories"] == ["animal_care", "household_help"]
    assert changed["by_family"]


def test_a_call_long_after_the_first_joins_the_case_while_it_is_open(client: IntakeClient) -> None:
    case = client.in_care()
    client.world.set_time(at("2026-10-01 09:40"))

    assert client.received() == case

    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    next_case = client.received()
    assert next_case != case
    assert client.family(next_case) == client.family(case)


def test_another_programme_is_another_case_of_the_same_family(client: IntakeClient) -> None:
    first = client.asked()

    second = client.asked(programme="family_care")

    assert second["case_id"] != first["case_id"]
    assert second["family_id"] == first["family_id"]
    view = client.get(HQ, f"/families/{first['family_id']}").json
    assert {each["programme"] for each in view["open_cases"]} == {
        "service_member_care",
        "family_care",
    }


def test_another_region_is_another_family(client: IntakeClient) -> None:
    first = client.asked()
    elsewhere = staff("OP-2", "hotline_operator", "YY")

    second = client.do(elsewhere, "/requests", request(region="YY"))

    assert second["family_id"] != first["family_id"]


def test_another_person_on_a_shared_phone_is_another_family(client: IntakeClient) -> None:
    first = client.asked()

    other = client.asked(
        other_person=True, contact={"name": "Ирина", "channel": "sms", "phone": PHONE}
    )

    assert other["family_id"] != first["family_id"]
    assert other["case_id"] != first["case_id"]
    bare = client.post(OPERATOR, "/requests", request())
    assert (bare.status, bare.code) == (422, "which_family_calls")
    assert first["family_id"] not in bare.text
    assert client.asked(family_id=first["family_id"])["case_id"] == first["case_id"]
    third = client.asked(other_person=True)
    assert third["family_id"] not in (first["family_id"], other["family_id"])
    again = client.asked(family_id=other["family_id"])
    assert again["case_id"] == other["case_id"]


def test_a_form_from_a_shared_phone_is_of_the_family_that_it_names_or_of_none_of_them(
    client: IntakeClient,
) -> None:
    first = client.asked()
    other = {"name": "Ирина", "channel": "sms", "phone": PHONE}
    born = {"members": [{"relation": "child", "born": "2020-05"}]}
    second = client.asked(other_person=True, contact=other, family=born)

    def sent(**said: Any) -> str:
        """The family of what somebody files on the form."""
        client.do(None, "/web-requests", request(needs=[], **said))
        return str(client.published("RequestReceived")[-1]["family_id"])

    assert sent(contact=other, family=born) == second["family_id"]
    stranger = sent(contact=other | {"name": "Ольга"})
    assert stranger not in (first["family_id"], second["family_id"])
    compared = [each["family_id"] for each in client.published("FamilyLooksAlike")]
    assert compared == [second["family_id"], stranger]
    assert sent(contact=other | {"name": "Зоя"}) == stranger


def test_who_is_noted_under_the_phone_of_another_family_is_compared_with_it(
    client: IntakeClient,
) -> None:
    first, wrong = client.asked(), {"name": "Ирина", "channel": "sms", "phone": "+79161234568"}
    second = client.asked(contact=wrong)
    right = {"contact": wrong | {"phone": PHONE}}

    client.do(OPERATOR, f"/requests/{second['id']}/mend", right)
    client.do(OPERATOR, f"/requests/{second['id']}/mend", {"contact": wrong})
    third = client.asked(contact=wrong | {"phone": "+79161234569"})
    client.do(HQ, f"/families/{third['family_id']}/contact", right | {"evidence": "written"})
    fourth = client.asked(contact=wrong | {"phone": "+79161234570"})
    client.asked(family_id=fourth["family_id"], **right)

    compared = [each["family_id"] for each in client.published("FamilyLooksAlike")]
    assert compared == [each["family_id"] for each in (second, third, fourth)]
    seen = client.get(HQ, f"/families/{fourth['family_id']}").json
    assert {"family_id": first["family_id"], "signs": ["same_contact"]} in seen["alike"]
    assert client.post(OPERATOR, "/requests", request()).code == "which_family_calls"


def test_an_operator_names_the_family_that_calls_from_a_new_phone(client: IntakeClient) -> None:
    first = client.asked()
    new_phone = {"name": NAME, "channel": "sms", "phone": "+79169999999"}

    client.asked(family_id=first["family_id"], contact=new_phone)

    assert client.asked(contact=new_phone)["family_id"] == first["family_id"]
    both = client.post(
        OPERATOR, "/requests", request(family_id=first["family_id"], other_person=True)
    )
    assert (both.status, both.code) == (422, "family_or_other_person")
    nobody = {"family_id": first["family_id"], "confidentiality": "anonymous", "contact": None}
    unnamed = client.post(OPERATOR, "/requests", request(**nobody))
    assert (unnamed.status, unnamed.code) == (422, "anonymous_names_no_family")
    stranger = staff("OP-2", "hotline_operator", "YY")
    named = request(region="YY", family_id=first["family_id"])
    assert client.post(stranger, "/requests", named).status == 404


def test_a_later_call_adds_to_what_is_known_and_overwrites_nothing(client: IntakeClient) -> None:
    first = client.asked(
        family={"groups": ["large"], "members": [{"relation": "spouse"}]},
        consents={"processing": True},
    )

    client.asked(
        family={"groups": ["low_income"], "members": [{"relation": "other"}]},
        consents={"processing": True, "contact": True},
    )

    view = client.get(HQ, f"/families/{first['family_id']}").json
    assert view["groups"] == ["large", "low_income"]
    assert [member["relation"] for member in view["members"]] == ["spouse"]
    assert [each["purpose"] for each in view["consents"]] == ["processing", "contact"]


# strangers ------------------------------------------------------------------------------------


def test_the_form_answers_alike_whether_or_not_the_contact_is_known(client: IntakeClient) -> None:
    unknown = client.post(None, "/web-requests", request())
    client.world.settle()
    known = client.post(None, "/web-requests", request())
    client.world.settle()

    for answer in (unknown, known):
        assert answer.status == 201
        assert set(answer.json) == {"number", "code", "emergency"}
        assert not {"ETag", "Location"} & set(answer.headers)
    assert unknown.json["number"] != known.json["number"]
    assert set(unknown.headers) == set(known.headers)
    assert len(client.get(HQ, "/cases").json["items"]) == 1
    assert [event["repeats"] for event in client.published("RequestReceived")] == [False, True]


def test_a_form_neither_consents_for_a_known_family_nor_changes_what_guardians_see(
    client: IntakeClient,
) -> None:
    case = client.in_care()
    family = client.get(HQ, client.of_family(case)).json
    before = client.view(case)["needs"]

    said: dict[str, Any] = {"family": {"groups": ["low_income"]}, **WORSE}
    client.do(None, "/web-requests", request(**said))

    after = client.get(HQ, client.of_family(case)).json
    assert (after["consents"], after["groups"]) == (family["consents"], family["groups"])
    view = client.view(case)
    assert view["needs"] == before
    assert len(view["requests"]) == 2
    asked = client.get(HQ, f"/requests/{view['requests'][-1]}").json
    assert [need["category"] for need in asked["needs"]] == ["household_help", "animal_care"]


@pytest.mark.parametrize(
    "name", ["подтвердите карту на http://evil.example", "Анна (мама)", "А" * 61, "4 дома", "'"]
)
def test_a_name_is_a_name(client: IntakeClient, name: str) -> None:
    said = request(contact={"name": name, "channel": "sms", "phone": PHONE})

    for who, path in ((None, "/web-requests"), (OPERATOR, "/requests")):
        refused = client.post(who, path, said)
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/contact/name")
        assert refused.json["errors"][0]["detail"]


@pytest.mark.parametrize("name", ["Анна-Мария", "О'Нил Пётр", "Ли", "Мария  де ла Крус", "Ұлан"])
def test_names_of_many_peoples_are_names(client: IntakeClient, name: str) -> None:
    client.do(
        None, "/web-requests", request(contact={"name": name, "channel": "sms", "phone": PHONE})
    )


def test_nobody_is_greeted_by_words_that_a_stranger_typed(client: IntakeClient) -> None:
    number = client.do(None, "/web-requests", request())["number"]
    typed = client.get(HQ, f"/request-numbers/{number}").json
    spoken = client.asked(contact={"name": NAME, "channel": "sms", "phone": "+79169999999"})

    assert variables(client, typed["id"]) == {"first_name": "", "number": number}
    assert variables(client, spoken["id"]) == {"first_name": NAME, "number": spoken["number"]}


def variables(client: IntakeClient, request_id: str) -> Any:
    """What the first message to a family may name."""
    item = {
        "reference": request_id,
        "event_id": "evt_1",
        "template": "request_received_family",
    }
    answer = client.world.call("intake", "resolve_recipients", {"items": [item]})
    return answer["recipients"][0]["variables"]


def test_strangers_cause_few_messages_to_one_phone_and_no_request_is_lost(
    client: IntakeClient,
) -> None:
    answers = [client.do(None, "/web-requests", request()) for _ in range(4)]

    told = [event["acknowledged"] for event in client.published("RequestReceived")]
    assert told == [True, True, True, False]
    assert len({answer["number"] for answer in answers}) == 4
    (row,) = client.get(HQ, "/cases").json["items"]
    assert len(client.view(row["id"])["requests"]) == 4


def test_the_breaker_of_the_stage_keeps_requests_and_sends_no_more(client: IntakeClient) -> None:
    client.world.environment["STRANGER_MESSAGES_AN_HOUR"] = "2"

    for number in range(3):
        contact = {"name": NAME, "channel": "sms", "phone": f"+7916999000{number}"}
        client.do(None, "/web-requests", request(contact=contact))

    told = [event["acknowledged"] for event in client.published("RequestReceived")]
    assert told == [True, True, False]
    assert len(client.get(HQ, "/cases").json["items"]) == 3


# races ----------------------------------------------------------------------------------------


@pytest.mark.requirement("X-04")
def test_two_first_calls_at_once_make_one_family_and_one_case(client: IntakeClient) -> None:
    first: list[Any] = []

    with just_before_the_next_write(
        client, lambda: first.append(client.post(OPERATOR, "/requests", request()).json)
    ):
        second = client.post(OPERATOR, "/requests", request()).json
    client.world.settle()

    assert second["family_id"] == first[0]["family_id"]
    assert second["case_id"] == first[0]["case_id"]
    assert client.view(second["case_id"])["requests"] == [first[0]["id"], second["id"]]


def test_a_family_that_calls_for_the_first_time_is_one_transaction_and_no_read(
    client: IntakeClient,
) -> None:
    with rows_read(client) as read:
        first = client.post(OPERATOR, "/requests", request()).json
        assert read == []
        again = client.post(OPERATOR, "/requests", request()).json
    client.world.settle()

    assert read[0] == "CONTACT"
    assert again["family_id"] == first["family_id"]


def test_a_first_call_whose_answer_got_lost_is_the_same_request_under_its_key(
    client: IntakeClient,
) -> None:
    dynamodb = client.world.dynamodb
    write = dynamodb.transact_write_items

    def lost(**asked: Any) -> Any:
        write(**asked)
        raise ReadTimeoutError(endpoint_url="x")

    dynamodb.transact_write_items = lost  # type: ignore[method-assign]
    answers = [client.post(OPERATOR, "/requests", request(), key="call-1") for _ in range(2)]
    dynamodb.transact_write_items = write  # type: ignore[method-assign]
    answers.append(client.post(OPERATOR, "/requests", request(), key="call-1"))
    client.world.settle()

    (received,) = client.published("RequestReceived")
    assert [each.status for each in answers] == [201, 201, 201]
    assert {each.json["id"] for each in answers} == {received["request_id"]}
    assert client.asked()["case_id"] == received["case_id"]


def test_a_known_family_is_heard_while_other_calls_hold_its_phone(client: IntakeClient) -> None:
    known, dynamodb = client.asked(), client.world.dynamodb
    write = dynamodb.transact_write_items

    def disturbed(**asked: Any) -> Any:
        if "CONTACT#" in str(asked):
            reasons = [{"Code": "TransactionConflict"}]
            raise client_error("TransactionCanceledException", 400, CancellationReasons=reasons)
        return write(**asked)

    dynamodb.transact_write_items = disturbed  # type: ignore[method-assign]
    again = client.post(OPERATOR, "/requests", request())
    stranger = client.post(OPERATOR, "/requests", request(contact=OTHER))
    dynamodb.transact_write_items = write  # type: ignore[method-assign]

    assert (again.status, again.json["family_id"]) == (201, known["family_id"])
    assert stranger.status == 503


@pytest.mark.requirement("X-04")
def test_fifty_calls_of_one_family_are_fifty_requests_of_one_case(client: IntakeClient) -> None:
    answers = [client.post(OPERATOR, "/requests", request(**WORSE)) for _ in range(50)]
    client.world.settle()

    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["number"] for answer in answers}) == 50
    (row,) = client.get(HQ, "/cases").json["items"]
    assert len(client.view(row["id"])["requests"]) == 50
    for answer in answers:
        assert client.get(HQ, f"/requests/{answer.json['id']}").json["status"] == "joined"


def test_a_request_that_waits_to_join_opens_a_case_when_the_old_one_was_closed_meanwhile(
    client: IntakeClient,
) -> None:
    first = client.asked()
    answer = client.post(OPERATOR, "/requests", request(**WORSE)).json
    client.post(HQ, f"/cases/{first['case_id']}/withdraw", {"evidence": "written"})

    client.world.settle()

    view = client.get(HQ, f"/requests/{answer['id']}").json
    assert (view["status"], view["case_status"]) == ("joined", "received")
    assert view["case_id"] != first["case_id"]


@pytest.mark.requirement("X-13")
def test_a_question_of_an_erased_family_makes_no_case_and_is_ended(client: IntakeClient) -> None:
    asked = client.asked(purpose="information")
    path, erase = f"/requests/{asked['id']}", {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"/families/{asked['family_id']}/erase", erase)

    refused = client.post(HQ, f"{path}/case")

    assert (refused.status, refused.code) == (409, "person_was_erased")
    assert [step["action"] for step in refused.json["next_steps"]] == ["end"]
    assert client.get(HQ, "/cases").json["items"] == []
    client.do(HQ, f"{path}/end", {"reason": "family_erased"})


def test_a_request_that_waits_to_join_ends_when_its_family_was_erased(client: IntakeClient) -> None:
    first = client.asked()
    answer = client.post(OPERATOR, "/requests", request(**WORSE)).json
    wish = {"reason": "person_asked", "evidence": "written"}
    client.post(HQ, f"/families/{first['family_id']}/erase", wish)

    client.world.settle()

    view = client.get(HQ, f"/requests/{answer['id']}").json
    assert (view["status"], view["end_reason"]) == ("ended", "family_erased")
    assert client.asked()["family_id"] != first["family_id"]
