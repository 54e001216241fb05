"""What a form or a bot says is no proof of who says it."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from services.intake.rights.queries import LATEST
from shared.principal import Principal
from tests.intake.api_client import (
    ASSISTANT,
    BOT,
    HQ,
    HQ_2,
    HQ_Y,
    NAME,
    OPERATOR,
    PHONE,
    IntakeClient,
    request,
    rows_read,
)

PERSON = {"name": NAME, "channel": "sms", "phone": PHONE}
OTHER = PERSON | {"phone": "+79160000012"}
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
    parent = {"relation": "parent"}
    elder = {"members": [{"relation": "grandmother", "born": "1960-02"}, parent, *born["members"]]}
    second = client.asked(other_person=True, contact=other, family=elder)

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
    # A name alone is another Irina's; that a month is not known says nothing of two families.
    elsewhere = {"members": [{"relation": "child", "born": "2019-01"}, parent]}
    assert sent(contact=other, family=elsewhere) == stranger
    double = client.asked(other_person=True, contact=other, family=born)
    told_apart = (second["family_id"], double["family_id"])
    assert sent(contact=other, family=born) not in told_apart  # which of both, nobody knows


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
    (row,) = client.get(HQ, "/cases").json["items"]
    history = client.get(HQ, f"/cases/{row['id']}/history").json["items"]
    assert {(each["by"], each["role"]) for each in history} == {("public", "public")}
    assert [event["repeats"] for event in client.published("RequestReceived")] == [False, True]


def test_a_form_neither_consents_for_a_known_family_nor_changes_what_guardians_see(
    client: IntakeClient,
) -> None:
    case = client.in_care()
    family = client.get(HQ, client.of_family(case)).json
    before = client.view(case)["needs"]

    baby = {"relation": "child", "born": "2026-08"}
    facts = {
        "groups": ["low_income"],
        "members": [baby],
        "groups_sensitive": ["parental_dependency"],
    }
    said: dict[str, Any] = {"family": facts, **WORSE}
    client.do(None, "/web-requests", request(**said))

    after = client.get(HQ, client.of_family(case)).json
    assert (after["consents"], after["groups"]) == (family["consents"], family["groups"])
    view = client.view(case)
    assert (view["needs"], view["urgent"]) == (before, False)
    assert not any(each["urgent"] for each in client.published("CareDetailsChanged"))
    assert client.published("RequestReceived")[-1]["urgent"]  # so headquarters looks at once
    assert len(view["requests"]) == 2
    asked = client.get(HQ, f"/requests/{view['requests'][-1]}").json
    assert [need["category"] for need in asked["needs"]] == ["household_help", "animal_care"]
    # What it says is there to ask the family about; what is sensitive is for the team alone.
    words = f"/requests/{asked['id']}/words"
    heard = client.get(HQ, words).json
    exported = client.get(HQ, f"{client.of_family(case)}/export").json
    of_case = client.get(HQ, f"/cases/{case}/contact").json
    for seen in (heard, exported["requests"][-1], of_case["requests"][-1]):
        assert seen["groups_sensitive"] == ["parental_dependency"]
        assert seen["contact"]["name"] == NAME
    assert exported["family"]["groups_sensitive"] == []
    assert client.get(HQ_2, words).json["groups_sensitive"] is None
    other = client.get(HQ_2, f"/cases/{case}/contact").json["requests"][-1]
    assert other["groups_sensitive"] is None
    assert heard["family"] == {
        "kind": "service_member",
        "members": [baby | {"expected": False}],
        "groups": ["low_income"],
        "preferred_time": None,
        "home_conditions": [],
        "consents": ["processing", "share_need_categories", "contact"],
    }
    spoken = client.get(HQ, f"/requests/{view['requests'][0]}/words").json
    assert spoken["family"] is None  # it is known


def test_a_consent_that_is_ticked_on_the_form_is_no_paper(client: IntakeClient) -> None:
    """What a stranger types is no evidence of a signature."""
    ticked = {"processing": True, "share_need_categories": True, "form": "written"}
    client.do(None, "/web-requests", request(consents=ticked, confidentiality="shareable"))
    contact = PERSON | {"phone": "+79160000012"}
    client.do(ASSISTANT, "/filings", request(consents=ticked, contact=contact))

    online, on_paper = (
        {each["form"] for each in client.view(row["id"])["family"]["consents"]}
        for row in client.get(HQ, "/cases").json["items"]
    )
    assert (online, on_paper) == ({"online"}, {"written"})


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


@pytest.mark.parametrize(
    ("who", "path"), [(None, "/web-requests"), (BOT, "/requests"), (ASSISTANT, "/filings")]
)
def test_strangers_cause_few_messages_to_one_phone_and_no_request_is_lost(
    client: IntakeClient, who: Principal | None, path: str
) -> None:
    """Whoever writes to a public bot may type any phone, too; the operator hears who calls."""
    answers = [client.do(who, path, request(), key="first") for _ in range(3)]
    assert {answer["number"] for answer in answers} == {answers[0]["number"]}
    answers = [answers[0], *(client.do(who, path, request()) for _ in range(3))]

    told = [event["acknowledged"] for event in client.published("RequestReceived")]
    assert told == [True, True, True, False]
    assert len({answer["number"] for answer in answers}) == 4
    (row,) = client.get(HQ, "/cases").json["items"]
    assert len(client.view(row["id"])["requests"]) == 4
    client.asked()
    assert client.published("RequestReceived")[-1]["acknowledged"]


def test_the_breaker_of_the_stage_keeps_requests_and_sends_no_more(client: IntakeClient) -> None:
    client.world.environment["STRANGER_MESSAGES_AN_HOUR"] = "2"

    for number in range(3):
        contact = {"name": NAME, "channel": "sms", "phone": f"+7916999000{number}"}
        client.do(None, "/web-requests", request(contact=contact))

    told = [event["acknowledged"] for event in client.published("RequestReceived")]
    assert told == [True, True, False]
    assert len(client.get(HQ, "/cases").json["items"]) == 3


STRANGER = replace(BOT, id="bot-2", scopes=("family_requests",))


def without_ids(seen: dict[str, Any]) -> dict[str, Any]:
    """What an answer says beside what differs for every request."""
    own = ("id", "number", "code", "received_at", "needs")
    return {name: value for name, value in seen.items() if name not in own}


def followed(client: IntakeClient, asked: Any) -> Any:
    """How far a request has come, to who knows its number and code."""
    body = {"number": asked["number"], "code": asked["code"]}
    return client.post(None, "/request-status", body, key=None).json["progress"]


@pytest.mark.parametrize("stage", ["waiting", "in_care"])
def test_who_types_the_phone_of_a_family_does_not_learn_that_it_is_helped(
    client: IntakeClient, stage: str
) -> None:
    getattr(client, stage)()

    def seen(*phones: str) -> list[Any]:
        """All that strangers can see of what they have asked for, by whichever way."""
        bodies, looks = [request(contact=PERSON | {"phone": each}) for each in phones], list[Any]()
        form = client.post(None, "/web-requests", bodies[0]).json
        filed = client.post(ASSISTANT, "/filings", bodies[1]).json
        outside = bodies[2] | {"external_ref": {"system": "onf", "id": phones[2][1:]}}
        for _ in range(2):
            sent = client.post(STRANGER, "/requests", outside)
            view = client.get(STRANGER, f"/requests/{sent.json['id']}")
            looks += [
                followed(client, form),
                client.get(ASSISTANT, f"/filings/{filed['id']}").json["progress"],
                client.get(ASSISTANT, "/filings").json["items"][0]["status"],
                *([without_ids(each.json), each.headers["ETag"]] for each in (sent, view)),
            ]
            client.world.settle()  # what joins a case has joined it
        return looks

    assert seen(PHONE, PHONE, PHONE) == seen(*(f"+7916000001{n}" for n in range(3)))


def test_a_form_follows_the_case_that_it_made_and_another_one_by_a_code_of_headquarters(
    client: IntakeClient,
) -> None:
    form = client.do(None, "/web-requests", request())
    sent = client.do(STRANGER, "/requests", request(contact=OTHER))
    asked = client.published("RequestReceived")
    for event in asked:
        client.do(HQ, f"/cases/{event['case_id']}/take")
    bot_sees = f"/requests/{sent['id']}"
    bot = client.get(STRANGER, bot_sees).json["case_status"]
    assert (followed(client, form), bot) == ("in_review", "in_review")

    second = client.do(None, "/web-requests", request())
    assert (followed(client, form), followed(client, second)) == ("in_review", "received")
    own = client.published("RequestReceived")[0]["request_id"]
    client.do(OPERATOR, f"/requests/{own}/additions", {"text": "Звонили мы"})
    assert followed(client, form) == "in_review"
    joined = client.published("RequestReceived")[-1]["request_id"]
    by_phone = {"evidence": "spoken_by_phone"}
    assert followed(client, client.do(HQ, f"/requests/{joined}/code", by_phone)) == "in_review"
    # The family got that code; who sent its request does not follow it by that.
    again = client.do(STRANGER, "/requests", request())
    filed = client.do(ASSISTANT, "/filings", request())
    for each in (again, filed):
        coded = client.do(HQ, f"/requests/{each['id']}/code", by_phone)
        assert followed(client, coded) == "in_review"
    assert client.get(STRANGER, f"/requests/{again['id']}").json["case_status"] == "received"
    assert client.get(ASSISTANT, f"/filings/{filed['id']}").json["progress"] == "received"
    called = client.asked()  # who sent the form may be another than the one who calls
    assert (followed(client, form), followed(client, called)) == ("received", "in_review")
    client.do(HQ, f"/cases/{asked[0]['case_id']}/withdraw", {"evidence": "written"})
    third = client.do(None, "/web-requests", request())
    assert [followed(client, each) for each in (form, third)] == ["closed", "received"]


def test_words_that_the_staff_has_heard_are_shown_with_the_case_however_much_strangers_send(
    client: IntakeClient,
) -> None:
    case = client.received()
    sent = [client.do(None, "/web-requests", request())["number"] for _ in range(LATEST)]
    again = client.asked()["number"]

    shown = client.get(HQ, f"/cases/{case}/contact").json["requests"]

    first = client.view(case)["number"]
    assert [each["number"] for each in shown] == [first, *sent, again]
    for _ in range(LATEST):
        client.asked()
    dynamodb = client.world.dynamodb
    with patch.object(dynamodb, "batch_get_item", wraps=dynamodb.batch_get_item) as batch:
        shown = client.get(HQ, f"/cases/{case}/contact").json["requests"]
    assert [each["number"] for each in shown][:LATEST] == sent
    tables = [asked for call in batch.mock_calls for asked in call.kwargs["RequestItems"].values()]
    read = [key["pk"]["S"] for table in tables for key in table["Keys"]]
    assert len(shown) == sum(key.startswith("REQUEST#") for key in read) == 2 * LATEST


@pytest.mark.parametrize(("who", "path"), [(None, "/web-requests"), (STRANGER, "/requests")])
def test_a_form_about_a_known_and_an_unknown_contact_reads_alike(
    client: IntakeClient, who: Principal | None, path: str
) -> None:
    client.asked()
    reads = []
    for phone in (PHONE, "+79160000011"):
        with rows_read(client) as read:
            client.post(who, path, request(contact=PERSON | {"phone": phone}))
        reads.append(read)

    # The messages that it causes are counted, but not when it is the same again.
    look = ["CONTACT", "FAMILY"]
    once = [*look, "IDEMPOTENCY"] if who else ["IDEMPOTENCY", *look]
    assert reads[0] == reads[1] == [*once, "SUBJECT"]


def test_a_form_that_headquarters_holds_for_a_double_says_no_more_than_that_it_is_over(
    client: IntakeClient,
) -> None:
    client.asked()
    form = client.post(None, "/web-requests", request(programme="family_care")).json
    client.world.settle()
    case = client.published("RequestReceived")[-1]["case_id"]
    client.do(HQ, f"/cases/{case}/take")
    client.do(HQ, f"/cases/{case}/triage", {"decision": "decline", "reason": "duplicate"})

    asked = {"number": form["number"], "code": form["code"]}
    assert client.post(None, "/request-status", asked, key=None).json["progress"] == "closed"


def test_a_form_without_a_contact_asks_headquarters_to_find_a_way_to_the_family(
    client: IntakeClient,
) -> None:
    """Only who says so wishes to stay unknown; on the telephone it is what leaving none means."""
    form = request(contact=None)
    client.do(None, "/web-requests", form)
    client.do(None, "/web-requests", form | {"confidentiality": "anonymous"})
    client.do(OPERATOR, "/requests", form | {"consents": {}})

    asked = client.published("RequestReceived")
    assert [each["confidentiality"] for each in asked] == ["confidential", *["anonymous"] * 2]
    assert len(client.published("FamilyUnreachable")) == 2


def test_an_assistant_who_mistypes_the_district_reads_which_is_hers(client: IntakeClient) -> None:
    answer = client.post(ASSISTANT, "/filings", request(district_id="D02"))

    assert (answer.status, answer.code) == (422, "district_not_yours")
    (error,) = answer.json["errors"]
    assert error["pointer"] == "/district_id" and "(D01)" in error["detail"]


def test_a_number_of_another_region_is_looked_for_as_long_as_one_of_no_request(
    client: IntakeClient,
) -> None:
    asked, answers = client.asked(), []
    numbers = (asked["number"], "00000000")

    for number in numbers:
        with rows_read(client) as read:
            refused = client.get(HQ_Y, f"/request-numbers/{number}")
        answers.append((refused.status, refused.code, read))

    known, unknown = answers
    assert known == unknown
    assert client.get(HQ, f"/request-numbers/{numbers[0]}").json["id"] == asked["id"]
