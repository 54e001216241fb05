"""What a form or a bot says is no proof of who says it."""

from typing import Any

import pytest

from tests.intake.api_client import (
    HQ,
    NAME,
    OPERATOR,
    PHONE,
    IntakeClient,
    request,
)

WORSE = {
    "needs": [
        {"category": "household_help", "urgency": "urgent", "text": "Сломала руку"},
        {"category": "animal_care"},
    ],
    "text": "Стало хуже",
}


def variables(client: IntakeClient, request_id: str) -> Any:
    """What the first message to a family may name."""
    item = {
        "reference": request_id,
        "event_id": "evt_1",
        "template": "request_received_family",
    }
    answer = client.world.call("intake", "resolve_recipients", {"items": [item]})
    return answer["recipients"][0]["variables"]


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
