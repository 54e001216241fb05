"""An operator's call: who rings, what a colleague took down, what is added and put right."""

from typing import Any

import pytest

from tests.intake.api_client import (
    HQ,
    NAME,
    OPERATOR,
    PHONE,
    WORDS,
    IntakeClient,
    request,
    rows_read,
    sealed,
    staff,
)
from tests.support.world import at

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
    found = read(client, COLLEAGUE, "/requests/search", phone).json["items"]
    moments = [each["received_at"] for each in found]
    assert (len(moments), moments) == (5, sorted(moments, reverse=True))


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


def test_what_the_caller_remembers_is_added_and_reaches_the_case(client: IntakeClient) -> None:
    asked = client.asked()
    case, path = asked["case_id"], f"/requests/{asked['id']}"
    client.do(HQ, f"/cases/{case}/take")
    more = {
        "needs": [{"category": "animal_care", "text": "Собака болеет"}],
        "text": "Живём у бабушки",
        "urgency": "urgent",
    }

    client.do(COLLEAGUE, f"{path}/additions", more)

    view = client.view(case)
    assert [need["category"] for need in view["needs"]][-1] == "animal_care"
    assert (view["urgent"], view["requests"]) == (True, [asked["id"]])
    words = client.get(HQ, f"{path}/words").json
    assert words["added"] == ["Живём у бабушки"]
    assert words["needs"][-1]["text"] == "Собака болеет"
    (changed,) = client.published("NeedsChanged")
    assert (changed["request_id"], changed["categories"]) == (asked["id"], ["animal_care"])
    (told,) = client.published("RequestExtended")
    assert (told["case_id"], told["request_id"], told["urgent"]) == (case, asked["id"], True)
    assert client.post(COLLEAGUE, f"{path}/additions", {}).code == "nothing_to_change"
    client.do(HQ, f"/cases/{case}/needs", {"urgency": "normal"})
    client.do(COLLEAGUE, f"{path}/additions", {"text": "И кошка"})
    assert client.get(HQ, path).json["urgent"] is True  # what was urgent stays so
    # What headquarters has settled is no emergency because of more words.
    assert client.view(case)["urgent"] is False
    assert client.published("RequestExtended")[-1]["urgent"] is False
    client.do(HQ, f"{path}/additions", {"text": "Обе здоровы"})
    assert len(client.published("RequestExtended")) == 2  # who has the case has said it
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    over = client.post(COLLEAGUE, f"{path}/additions", {"text": "Ещё"})
    assert (over.status, over.code) == (409, "request_is_over")


def test_mistakes_are_put_right_within_the_call(client: IntakeClient) -> None:
    asked = client.asked(urgency="urgent")
    path, case = f"/requests/{asked['id']}", asked["case_id"]
    first, second = client.needs(case)
    right = {"name": "Анна", "channel": "sms", "phone": "+79161234568"}
    mend = {
        "change": [{"need_id": first, "category": "child_leisure", "text": "Кружок"}],
        "drop": [{"need_id": second, "reason": "mistake"}],
        "urgency": "normal",
        "district_id": "D02",
        "contact": right,
    }

    client.do(OPERATOR, f"{path}/mend", mend)

    view = client.view(case)
    assert [(n["category"], n["status"]) for n in view["needs"]] == [
        ("child_leisure", "open"),
        ("repair_work", "dropped"),
    ]
    assert (view["urgent"], view["district_id"]) == (False, "D02")
    assert client.get(HQ, client.of_family(case)).json["district_id"] == "D02"
    words = client.get(HQ, f"/cases/{case}/contact").json
    assert words["contact"]["phone"] == right["phone"]
    assert "Кружок" in str(words["needs"])
    assert not read(client, OPERATOR, "/callers/search", {"phone": PHONE}).json["known"]
    kept = [row for row in client.world.rows("intake-data") if row["sk"]["S"].startswith("cnt_")]
    assert len(kept) == 1
    assert read(client, OPERATOR, "/callers/search", {"phone": right["phone"]}).json["known"]
    seen = client.get(OPERATOR, path).json
    assert (seen["urgent"], seen["district_id"]) == (False, "D02")
    assert [need["category"] for need in seen["needs"]] == ["child_leisure"]
    (wrong,) = sealed(client, "wrd")
    again = {"change": [{"need_id": first, "text": "Секция"}]}
    client.do(OPERATOR, f"{path}/mend", again)
    assert wrong not in sealed(client, "wrd")
    same = client.do(OPERATOR, f"{path}/mend", {"contact": right | {"name": "Анна Петровна"}})
    assert same["id"] == asked["id"]
    assert read(client, OPERATOR, "/callers/search", {"phone": right["phone"]}).json["known"]


def test_a_mended_request_leaves_what_an_earlier_one_said_of_the_case(
    client: IntakeClient,
) -> None:
    first = client.asked(urgency="urgent")
    second = client.asked(urgency="urgent")

    right = {"district_id": "D02", "urgency": "normal"}
    client.do(OPERATOR, f"/requests/{second['id']}/mend", right)
    assert client.published("RequestExtended") == []

    view = client.view(first["case_id"])
    assert (view["urgent"], view["district_id"]) == (True, "D01")
    assert client.get(HQ, client.of_family(first["case_id"])).json["district_id"] == "D01"
    assert client.get(OPERATOR, f"/requests/{second['id']}").json["district_id"] == "D02"
    client.do(OPERATOR, f"/requests/{second['id']}/mend", {"urgency": "urgent"})
    assert [each["urgent"] for each in client.published("RequestExtended")] == [True]


def test_two_calls_about_one_need_are_put_right_each_without_the_other(
    client: IntakeClient,
) -> None:
    def asks(text: str) -> tuple[str, str]:
        path = f"/requests/{client.asked(needs=[{'category': 'repair_work', 'text': text}])['id']}"
        return path, client.get(OPERATOR, path).json["needs"][0]["need_id"]

    (first, roof), (second, stove) = asks("Крыша течёт"), asks("Печь дымит")
    case = client.get(OPERATOR, first).json["case_id"]

    def said(path: str = f"/cases/{case}/contact") -> str:
        return str(client.get(HQ, path).json["needs"])

    client.do(OPERATOR, f"{first}/mend", {"change": [{"need_id": roof, "text": "Крыша сгорела"}]})
    assert ("Крыша сгорела" in said(), "Печь дымит" in said(), "течёт" in said()) == (1, 1, 0)

    client.do(OPERATOR, f"{second}/mend", {"change": [{"need_id": stove, "text": "Печь упала"}]})
    assert ("Крыша сгорела" in said(), "Печь упала" in said(), "дымит" in said()) == (1, 1, 0)

    other = {"need_id": stove, "category": "household_help"}
    client.do(OPERATOR, f"{second}/mend", {"change": [other]})
    needs = client.get(HQ, f"/cases/{case}/contact").json["needs"]
    assert ["упала" in str(need) for need in needs] == [False, True]
    assert [need["category"] for need in client.view(case)["needs"]] == [
        "repair_work",
        "household_help",
    ]
    assert len(sealed(client, "wrd")) == 2


def test_what_one_of_two_calls_did_not_mean_stays_for_the_other(client: IntakeClient) -> None:
    first, second = (
        client.asked(needs=[{"category": "repair_work", "text": text}])
        for text in ("Крыша течёт", "Печь дымит")
    )
    case = first["case_id"]
    (roof,) = client.needs(case)

    drop = {"drop": [{"need_id": roof, "reason": "mistake"}]}
    client.do(OPERATOR, f"/requests/{first['id']}/mend", drop)

    (need,) = client.get(HQ, f"/cases/{case}/contact").json["needs"]
    assert ("дымит" in str(need), "течёт" in str(need)) == (True, False)
    assert [each["status"] for each in client.view(case)["needs"]] == ["open"]
    assert second["case_id"] == case


@pytest.mark.parametrize(
    ("urgencies", "mended", "mend", "left"),
    [
        ("NN", 0, {"drop": "mistake"}, ["repair_work normal"]),
        ("NU", 0, {"drop": "mistake"}, ["repair_work urgent"]),
        ("UN", 0, {"drop": "mistake"}, ["repair_work normal"]),
        ("NU", 0, {"category": "food_aid"}, ["food_aid normal", "repair_work urgent"]),
        ("NU", 1, {"category": "food_aid"}, ["repair_work normal", "food_aid urgent"]),
        ("UU", 0, {"urgency": "normal"}, ["repair_work urgent"]),
        ("NU", 1, {"urgency": "normal"}, ["repair_work normal"]),
    ],
)
def test_of_two_calls_without_a_word_each_keeps_what_it_asked_for(
    client: IntakeClient, urgencies: str, mended: int, mend: dict[str, str], left: list[str]
) -> None:
    codes = {"N": "normal", "U": "urgent"}
    asked = [
        client.asked(needs=[{"category": "repair_work", "urgency": codes[each]}], text=None)
        for each in urgencies
    ]
    path = f"/requests/{asked[mended]['id']}"
    need = {"need_id": client.get(OPERATOR, path).json["needs"][0]["need_id"]}

    change = (
        {"drop": [need | {"reason": "mistake"}]} if "drop" in mend else {"change": [need | mend]}
    )
    client.do(OPERATOR, f"{path}/mend", change)

    seen = client.view(asked[0]["case_id"])
    assert [f"{each['category']} {each['urgency']}" for each in seen["needs"]] == left
    assert {each["status"] for each in seen["needs"]} == {"open"}
    assert len({each["need_id"] for each in seen["needs"]}) == len(left)
    assert client.published("RequestExtended") == []
    assert seen["urgent"] is any("urgent" in each for each in left)


def test_what_a_family_has_changed_itself_is_not_asked_again_by_an_earlier_call(
    client: IntakeClient,
) -> None:
    asks = {"needs": [{"category": "repair_work"}], "text": None}
    case = client.received(**asks)
    (roof,) = client.needs(case)
    other = {"change": [{"need_id": roof, "category": "food_aid"}], "evidence": "written"}
    client.do(HQ, f"/cases/{case}/corrections", other)
    second = f"/requests/{client.asked(**asks)['id']}"
    stove = client.get(OPERATOR, second).json["needs"][0]["need_id"]

    mend = {"change": [{"need_id": stove, "category": "household_help"}]}
    client.do(OPERATOR, f"{second}/mend", mend)

    needs = client.view(case)["needs"]
    assert [each["category"] for each in needs] == ["food_aid", "household_help"]


def test_what_is_late_foreign_or_decided_is_not_put_right(
    client: IntakeClient,
) -> None:
    asked = client.asked()
    path, urgent = f"/requests/{asked['id']}", {"urgency": "urgent"}

    assert client.post(COLLEAGUE, f"{path}/mend", urgent).status == 404
    assert client.post(HQ, f"{path}/mend", urgent).status == 403
    client.do(HQ, f"/cases/{asked['case_id']}/take")
    taken = client.post(OPERATOR, f"{path}/mend", urgent)
    assert (taken.status, taken.code) == (409, "case_is_with_headquarters")
    assert [step["action"] for step in taken.json["next_steps"]] == ["add", "leave_note"]
    client.do(OPERATOR, f"{path}/mend", {"contact": request()["contact"] | {"name": "Аня"}})
    client.world.set_time(at("2026-09-14 10:11"))
    late = client.post(OPERATOR, f"{path}/mend", urgent)
    assert (late.status, late.code) == (409, "time_to_mend_is_over")
    assert [step["action"] for step in late.json["next_steps"]] == ["add", "leave_note"]


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


def test_what_is_over_is_not_put_right_but_asked_anew(client: IntakeClient) -> None:
    asked = client.asked()
    client.do(HQ, f"/cases/{asked['case_id']}/withdraw", {"evidence": "written"})

    over = client.post(OPERATOR, f"/requests/{asked['id']}/mend", {"urgency": "urgent"})

    assert (over.status, over.code) == (409, "request_is_over")
    assert [step["action"] for step in over.json["next_steps"]] == ["register_again"]


def test_what_was_written_down_for_the_wrong_family_is_in_its_record_no_more(
    client: IntakeClient,
) -> None:
    """Someone else calls from the phone of a family, and the operator does not ask who."""
    food = {"category": "food_aid", "text": "Хлеб для Ольги"}
    first = client.asked(needs=[{"category": "food_aid", "text": "Крупы"}])
    olga = request()["contact"] | {"name": "Ольга"}
    needs = [food, {"category": "animal_care"}]
    wrong = client.asked(needs=needs, text="Это Ольга", contact=olga, urgency="urgent")
    client.do(OPERATOR, f"/requests/{wrong['id']}/additions", {"text": "Ольга ещё вспомнила"})
    case, family = first["case_id"], first["family_id"]
    assert (wrong["case_id"], wrong["family_id"]) == (case, family)
    assert len(client.needs(case)) == 2
    path = f"/requests/{wrong['id']}"
    assert "disown" in client.get(OPERATOR, path).json["next_steps"]
    own = client.post(OPERATOR, f"/requests/{first['id']}/disown")
    assert (own.status, own.code) == (409, "family_is_of_this_request")
    assert "первые 30 минут" in own.json["detail"] and "штаб" in own.json["detail"]
    for other in (COLLEAGUE, FOREIGN, staff("CM-1", "case_manager")):
        assert client.post(other, f"{path}/disown").status in (403, 404)

    client.do(OPERATOR, f"{path}/disown")

    exported = client.get(HQ, f"/families/{family}/export").json
    assert "Ольг" not in str(exported)
    assert [each["id"] for each in exported["requests"]] == [first["id"]]
    assert [(n["category"], n["status"]) for n in client.view(case)["needs"]] == [
        ("food_aid", "open"),
        ("animal_care", "dropped"),
    ]
    assert "Крупы" in str(client.get(HQ, f"/cases/{case}/contact").json)
    assert client.view(case)["urgent"] is False
    seen = client.get(OPERATOR, path).json
    assert (seen["status"], seen["end_reason"]) == ("ended", "other_family")
    assert (seen["family_id"], seen["case_id"]) == (None, None)
    (ended,) = client.published("RequestEnded")
    assert (ended["request_id"], ended["family_id"]) == (wrong["id"], None)
    again = client.post(OPERATOR, f"{path}/disown")
    assert (again.status, again.code) == (409, "request_is_ended")


def test_a_long_call_that_was_written_down_for_the_wrong_family_leaves_no_word_of_it(
    client: IntakeClient,
) -> None:
    first = client.asked(needs=[{"category": "food_aid"}])
    wrong = client.asked(needs=[{"category": "animal_care"}], text="Это Ольга")
    path, needs = f"/requests/{wrong['id']}", ("food_aid", "household_help", "repair_work")
    for each in needs:  # words about a need alone are a record, too
        said = {"category": each, "text": "Ольга просила"}
        client.do(OPERATOR, f"{path}/additions", {"needs": [said]})
    for number in range(10):
        client.do(OPERATOR, f"{path}/additions", {"text": f"Ольга вспомнила и {number}"})
    assert "Ольга" in str(client.get(HQ, f"/families/{first['family_id']}/export").json)
    assert "disown" in client.get(OPERATOR, path).json["next_steps"]

    client.do(OPERATOR, f"{path}/disown")

    assert client.get(OPERATOR, path).json["end_reason"] == "other_family"
    assert "Ольга" not in str(client.get(HQ, f"/families/{first['family_id']}/export").json)
    left = [sk for rows in client.world.dynamodb.tables.values() for _, sk in rows if "wrd_" in sk]
    assert left == []


def test_a_case_that_was_made_for_the_wrong_family_is_closed_first(client: IntakeClient) -> None:
    known = client.asked()
    client.do(HQ, f"/cases/{known['case_id']}/withdraw", {"evidence": "written"})
    client.wait(1)
    wrong = client.asked(text="Номер теперь мой")
    path = f"/requests/{wrong['id']}/disown"
    assert wrong["family_id"] == known["family_id"] and wrong["case_id"] != known["case_id"]
    refused = client.post(HQ, path)
    assert (refused.status, refused.code) == (409, "case_is_of_this_request")

    client.do(HQ, f"/cases/{wrong['case_id']}/take")
    decline = {"decision": "decline", "reason": "not_confirmed"}
    client.do(HQ, f"/cases/{wrong['case_id']}/triage", decline)
    client.do(HQ, path)

    exported = client.get(HQ, f"/families/{known['family_id']}/export").json
    assert "Номер теперь мой" not in str(exported)
    assert client.view(wrong["case_id"])["requests"] == []


def test_what_the_wrong_family_could_not_wait_for_hurries_no_other(client: IntakeClient) -> None:
    def needs(**urgencies: str) -> list[dict[str, str]]:
        return [{"category": each, "urgency": how} for each, how in urgencies.items()]

    own = client.asked(needs=needs(food_aid="normal", household_help="urgent"))
    wrong = client.asked(needs=needs(food_aid="urgent", animal_care="urgent"))

    def hurry() -> dict[str, str]:
        known = client.view(own["case_id"])["needs"]
        return {each["category"]: each["urgency"] for each in known if each["status"] == "open"}

    assert hurry() == {"food_aid": "urgent", "household_help": "urgent", "animal_care": "urgent"}
    client.do(OPERATOR, f"/requests/{wrong['id']}/disown")

    assert hurry() == {"food_aid": "normal", "household_help": "urgent"}


@pytest.mark.parametrize("confidentiality", ["confidential", "anonymous"])
def test_a_contact_that_was_not_written_down_is_added_within_the_call(
    client: IntakeClient, confidentiality: str
) -> None:
    nameless = {"contact": None, "confidentiality": confidentiality}
    asked = client.asked(**nameless)
    path, contact = f"/requests/{asked['id']}/mend", request()["contact"]

    client.do(OPERATOR, path, {"contact": contact})

    shown = client.get(HQ, f"/families/{asked['family_id']}").json
    assert (shown["anonymous"], len(shown["contacts"])) == (False, 1)
    said = client.get(HQ, f"/cases/{asked['case_id']}/contact").json["contact"]
    assert said["phone"] == PHONE
    reachable = [each["family_id"] for each in client.published("FamilyReachable")]
    assert reachable == [asked["family_id"]]
    (caller,) = client.post(OPERATOR, "/callers/search", {"phone": PHONE}).json["families"]
    assert caller["id"] == asked["family_id"]
    assert client.asked()["family_id"] == asked["family_id"]
    right = contact | {"phone": "+79160000077"}
    client.do(OPERATOR, path, {"contact": right})
    assert client.post(OPERATOR, "/callers/search", {"phone": PHONE}).json["families"] == []


def test_a_contact_is_added_within_the_call_to_who_has_none_and_agreed_to_it(
    client: IntakeClient,
) -> None:
    contact = {"contact": request()["contact"]}
    silent = client.asked(contact=None, consents={"processing": False})
    refused = client.post(OPERATOR, f"/requests/{silent['id']}/mend", contact)
    assert (refused.status, refused.code) == (409, "no_consent_to_processing")
    first = client.asked()
    later = client.asked(contact=None, family_id=first["family_id"])

    other = client.post(OPERATOR, f"/requests/{later['id']}/mend", contact)

    assert (other.status, other.code) == (409, "no_contact_to_mend")
    client.wait(0.03)
    unknown = client.asked(contact=None, confidentiality="anonymous")
    client.wait(0.03)
    late = client.post(OPERATOR, f"/requests/{unknown['id']}/mend", contact)
    assert late.code == "time_to_mend_is_over"
