"""What callers, forms and machines send that is not as it should be, in one table; and races."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from time import sleep
from typing import Any

import pytest

from tests.intake.api_client import HQ, NAME, OPERATOR, PHONE, IntakeClient, request
from tests.support.api import Answer, Api
from tests.support.world import at

SPELLINGS = (
    "+79161234567",
    "89161234567",
    "8 916 123 45 67",
    "8 (916) 123-45-67",
    "+7 (916) 123-45-67",
    "+7-916-123-45-67",
    "8.916.123.45.67",
    "8\u00a0916\u00a0123\u00a045\u00a067",
    "8 916 123\u201345\u201367",
    "9161234567",
)
HIDDEN = "Ань\u202eка"
BELL = "Крыша\u0007течёт"


def of(phone: str) -> dict[str, Any]:
    """A contact with that phone."""
    return {"name": NAME, "channel": "sms", "phone": phone}


def test_a_phone_in_ten_spellings_is_one_family(client: IntakeClient) -> None:
    families = {client.asked(contact=of(spelling))["family_id"] for spelling in SPELLINGS}

    assert len(families) == 1
    search = {"region": "ZR"}
    for spelling in SPELLINGS:
        body = search | {"phone": spelling}
        seen = client.post(OPERATOR, "/callers/search", body, key=None).json
        assert (seen["phone"], seen["known"]) == (PHONE, True)


@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"text": "а" * 10_000_000}, 413, None),
        ({"text": "а" * 2001}, 422, "/text"),
        ({"text": BELL}, 422, "/text"),
        ({"text": HIDDEN}, 422, "/text"),
        ({"needs": [{"category": "other", "text": HIDDEN}]}, 422, "/needs/0/text"),
        ({"contact": of(PHONE) | {"name": HIDDEN}}, 422, "/contact/name"),
        ({"contact": of(PHONE) | {"name": "карта на http://x"}}, 422, "/contact/name"),
        ({"contact": of("8 916 1234567 доб. 5")}, 422, "/contact/phone"),
        ({"contact": of("+7916\u202e1234567")}, 422, "/contact/phone"),
        ({"family": {"groups": ["rich"]}}, 422, "/family/groups/0"),
        ({"family": {"groups_sensitive": ["large"]}}, 422, "/family/groups_sensitive/0"),
        ({"family": {"home_conditions": ["untidy"]}}, 422, "/family/home_conditions/0"),
        ({"family": {"preferred_time": "noon"}}, 422, "/family/preferred_time"),
        ({"family": {"members": [{"relation": "cousin"}]}}, 422, "/family/members/0/relation"),
        ({"applicant_relation": "cousin"}, 422, "/applicant_relation"),
        ({"needs": [{"category": "money"}]}, 422, "/needs/0/category"),
        ({"consents": {"processing": True, "form": "nodded"}}, 422, "/consents/form"),
    ],
)
def test_what_no_one_can_mean_is_refused_where_it_is_and_leaves_nothing(
    client: IntakeClient, changes: dict[str, Any], status: int, pointer: str | None
) -> None:
    before = len(client.world.rows("intake-data"))

    for who, path in ((OPERATOR, "/requests"), (None, "/web-requests")):
        answer = client.post(who, path, request(**changes))

        assert answer.status == status
        if pointer is not None:
            assert pointer in [each["pointer"] for each in answer.json["errors"]]
        assert answer.json["detail"]
        assert "\u202e" not in answer.text
        assert "http://x" not in answer.text
    assert len(client.world.rows("intake-data")) == before


@pytest.mark.requirement("X-04")
def test_fifty_calls_of_one_family_at_once_are_all_kept_and_make_one_case(
    client: IntakeClient,
) -> None:
    """A call waits for others at each read and write, and nowhere else: a function is no thread."""
    dynamodb, baton = client.world.dynamodb, Lock()
    operations = ("get_item", "query", "batch_get_item", "put_item", "update_item")
    for name in (*operations, "transact_write_items"):
        setattr(dynamodb, name, _passing(baton, getattr(dynamodb, name)))
    bodies = [request(needs=[{"category": "food_aid", "text": f"звонок {n}"}]) for n in range(50)]

    with client.world.service("intake"):
        api = Api(client.world.apps["intake"].app).as_(OPERATOR)

        def call(number: int) -> Answer:
            with baton:
                return api.post("/requests", bodies[number], key=f"at-once-{number}")

        with ThreadPoolExecutor(10) as threads:
            answers = list(threads.map(call, range(50)))
    for name in (*operations, "transact_write_items"):
        delattr(dynamodb, name)
    refused = [n for n, answer in enumerate(answers) if answer.status != 201]
    assert {answers[n].status for n in refused} <= {409, 503}
    for n in refused:
        assert client.post(OPERATOR, "/requests", bodies[n], key=f"at-once-{n}").status == 201
    client.world.settle()

    families = {row["family_id"] for row in _received(client)}
    assert len(_received(client)) == 50
    assert len(families) == 1
    (case,) = client.get(HQ, "/cases").json["items"]
    view = client.view(case["id"])
    assert len(view["requests"]) == 50
    assert [need["category"] for need in view["needs"]] == ["food_aid"]
    joined = client.get(HQ, "/requests", status="joined", limit=100).json["items"]
    assert len({row["number"] for row in joined}) == 50


def _received(client: IntakeClient) -> list[Any]:
    return client.published("RequestReceived")


def _passing(baton: Lock, operation: Any) -> Any:
    """An operation of the store at whose beginning any other call may go on."""

    def call(**asked: Any) -> Any:
        baton.release()
        sleep(0)
        baton.acquire()
        return operation(**asked)

    return call


@pytest.mark.parametrize("said", ["2026-9", "2026-13", "26-09", "2026-09-01", "сентябрь", ""])
def test_a_month_of_birth_is_refused_with_an_example(client: IntakeClient, said: str) -> None:
    member = {"relation": "child", "born": said}

    refused = client.post(OPERATOR, "/requests", request(family={"members": [member]}))

    (error,) = refused.json["errors"]
    assert (error["pointer"], error["code"]) == ("/family/members/0/born", "bad_month_of_birth")
    assert "2019-03" in error["detail"]


def test_who_is_not_born_yet_has_no_month_of_birth(client: IntakeClient) -> None:
    member = {"relation": "child", "expected": True}
    client.asked(family={"members": [member]})

    born = client.post(
        OPERATOR, "/requests", request(family={"members": [member | {"born": "2019-03"}]})
    )

    assert (born.status, born.code) == (422, "expected_has_no_month")


@pytest.mark.parametrize(
    ("moment", "status"), [("2026-09-30 23:59", 422), ("2026-10-01 00:00", 201)]
)
def test_a_child_is_born_from_the_first_minute_of_its_month_in_the_region_on(
    client: IntakeClient, moment: str, status: int
) -> None:
    client.world.set_time(at(moment))
    born = request(family={"members": [{"relation": "child", "born": "2026-10"}]})

    assert client.post(OPERATOR, "/requests", born).status == status


@pytest.mark.parametrize("relation", ["parent", "spouse", "grandmother", "grandfather"])
def test_whoever_expects_a_child_is_not_expected(client: IntakeClient, relation: str) -> None:
    members = [{"relation": "child"}, {"relation": relation, "expected": True}]

    refused = client.post(OPERATOR, "/requests", request(family={"members": members}))

    (error,) = refused.json["errors"]
    assert (refused.status, error["code"]) == (422, "expected_is_a_child")
    assert error["pointer"] == "/family/members/1/expected"
    assert "отдельно" in error["detail"]


def test_a_whole_number_of_another_country_without_its_plus_is_told_to_have_one(
    client: IntakeClient,
) -> None:
    body = {"region": "ZR", "phone": "375 29 123-45-67"}

    refused = client.post(OPERATOR, "/callers/search", body, key=None)

    (error,) = refused.json["errors"]
    assert (error["code"], "«+»" in error["detail"]) == ("bad_phone", True)
    known = client.post(
        OPERATOR, "/callers/search", body | {"phone": "+375 29 123-45-67"}, key=None
    )
    assert known.status == 200


@pytest.mark.parametrize("phone", ["8 495 123-45-67", "8-800-2000-122"])
def test_messages_are_promised_to_no_phone_that_gets_none(client: IntakeClient, phone: str) -> None:
    """Wherever a contact is taken down; calls reach it."""
    landline = {"name": "Анна", "channel": "sms", "phone": phone}
    called = landline | {"channel": "phone_task"}
    asked = client.asked(contact=called)
    family, by_hand = f"/families/{asked['family_id']}", {"evidence": "written"}
    version = client.get(HQ, family).json["version"]
    way = {"preferred_channel": "sms", "reason": "learnt_later"}

    for answer in (
        client.post(OPERATOR, "/requests", request(contact=landline)),
        client.post(None, "/web-requests", request(contact=landline)),
        client.post(OPERATOR, f"/requests/{asked['id']}/mend", {"contact": landline}),
        client.post(HQ, f"{family}/contact", by_hand | {"contact": landline}),
    ):
        (refused,) = answer.json["errors"]
        assert (answer.status, refused["code"]) == (422, "sms_needs_mobile")
        assert refused["pointer"] == "/contact/phone"
    refused = client.post(HQ, f"{family}/corrections", way, if_match=f'"{version}"')
    assert refused.code == "contact_has_no_such_way"


def test_a_number_and_a_code_are_refused_in_words(client: IntakeClient) -> None:
    asked = {"number": "4591 931", "code": "12345"}

    errors = client.post(None, "/request-status", asked, key=None).json["errors"]

    assert [each["code"] for each in errors] == ["bad_request_number", "bad_request_code"]


def test_a_district_and_a_region_are_refused_with_how_they_are_spelt(client: IntakeClient) -> None:
    spelt = {"district_id": "d01", "region": "zr"}

    errors = client.post(OPERATOR, "/requests", request(**spelt)).json["errors"]
    listed = client.get(HQ, "/cases", district_id="Д01").json["errors"]

    assert {each["pointer"]: each["code"] for each in errors} == {
        "/district_id": "bad_district_code",
        "/region": "bad_region_code",
    }
    assert "D01" in listed[0]["detail"]


def test_a_need_of_another_kind_is_described_by_more_than_spaces(client: IntakeClient) -> None:
    for text in (" ", "\r\n", "\u00a0\n "):
        needs = [{"category": "other", "text": text}]

        (error,) = client.post(OPERATOR, "/requests", request(needs=needs)).json["errors"]

        assert (error["pointer"], error["code"]) == ("/needs/0/text", "string_too_short")
