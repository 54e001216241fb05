"""What was written down wrongly is put right within the call."""

import pytest

from tests.intake.api_client import (
    HQ,
    OFFICE_D05,
    OPERATOR,
    PHONE,
    IntakeClient,
    request,
    sealed,
    staff,
)
from tests.support.world import at

COLLEAGUE = staff("OP-2", "hotline_operator")
FOREIGN = staff("OP-Y", "hotline_operator", "YY")


def test_mistakes_are_put_right_within_the_call(client: IntakeClient) -> None:
    asked = client.asked(urgency="urgent")
    path, case = f"/requests/{asked['id']}", asked["case_id"]
    first, second = client.needs(case)
    called = {"phone": "+79161234568"}
    right = {"name": "Анна", "channel": "sms"} | called
    mend = {
        "change": [{"need_id": first, "category": "child_leisure", "text": "Кружок"}],
        "drop": [{"need_id": second, "reason": "mistake"}],
        "urgency": "normal",
        "district_id": "D02",
        "contact": right,
    }

    nowhere = client.post(OPERATOR, f"{path}/mend", mend | {"district_id": "D99"})
    assert nowhere.code == "unknown_district"
    as_it_is = client.post(OPERATOR, f"{path}/mend", {})
    assert (as_it_is.status, as_it_is.code) == (422, "nothing_to_change")
    known = {"urgency": "urgent", "district_id": "D01", "change": [{"need_id": first}]}
    assert client.post(OPERATOR, f"{path}/mend", known).code == "nothing_to_change"
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
    assert not client.post(OPERATOR, "/callers/search", {"phone": PHONE}, key=None).json["known"]
    kept = [row for row in client.world.rows("intake-data") if row["sk"]["S"].startswith("cnt_")]
    assert len(kept) == 1
    assert client.post(OPERATOR, "/callers/search", called, key=None).json["known"]
    seen = client.get(OPERATOR, path).json
    assert (seen["urgent"], seen["district_id"]) == (False, "D02")
    assert [need["category"] for need in seen["needs"]] == ["child_leisure"]
    (wrong,) = sealed(client, "wrd")
    again = {"change": [{"need_id": first, "text": "Секция"}]}
    client.do(OPERATOR, f"{path}/mend", again)
    assert wrong not in sealed(client, "wrd")
    same = client.do(OPERATOR, f"{path}/mend", {"contact": right | {"name": "Анна Петровна"}})
    assert same["id"] == asked["id"]
    assert client.post(OPERATOR, "/callers/search", called, key=None).json["known"]


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


@pytest.mark.parametrize("known", [False, True])
def test_a_family_is_shown_to_the_office_of_the_district_that_it_has_named(
    client: IntakeClient, known: bool
) -> None:
    asked = [client.asked()] if known else []
    asked.append(client.asked(confidentiality="shareable"))
    case, wrong = asked[-1]["case_id"], staff("DO-1", "district_office", districts=("D01",))

    client.do(OPERATOR, f"/requests/{asked[-1]['id']}/mend", {"district_id": "D05"})

    shown = [client.get(office, "/shared-families") for office in (wrong, OFFICE_D05)]
    assert [[each["id"] for each in page.json["items"]] for page in shown] == [
        [],
        [asked[-1]["family_id"]],
    ]
    assert client.get(wrong, f"/cases/{case}/office-view").status == 404
    assert client.get(OFFICE_D05, f"/cases/{case}/office-view").status == 200
    consents = client.view(case)["family"]["consents"]
    assert {each["recipient"] for each in consents} == {None, "D05"}


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

    others = client.post(COLLEAGUE, f"{path}/mend", urgent)
    assert (others.status, others.code) == (403, "request_of_colleague")
    assert client.post(FOREIGN, f"{path}/mend", urgent).status == 404
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


@pytest.mark.parametrize("asked", [{}, {"purpose": "information"}])
def test_of_two_words_about_one_need_none_is_chosen(
    client: IntakeClient, asked: dict[str, str]
) -> None:
    """A question has no case whose needs would show that it was said twice."""
    path = f"/requests/{client.asked(**asked)['id']}"
    need, other = (each["need_id"] for each in client.get(OPERATOR, path).json["needs"])
    change, drop = {"need_id": need, "urgency": "urgent"}, {"need_id": need, "reason": "mistake"}

    for mend, pointer in (
        ({"change": [change], "drop": [drop]}, "/drop/0"),
        (
            {
                "change": [
                    change,
                    {"need_id": other, "urgency": "urgent"},
                    change | {"text": "Сегодня"},
                ]
            },
            "/change/2",
        ),
        ({"drop": [drop, drop | {"reason": "not_needed"}]}, "/drop/1"),
    ):
        refused = client.post(OPERATOR, f"{path}/mend", mend)
        assert (refused.status, refused.code) == (422, "need_not_open")
        assert refused.json["errors"][0]["pointer"] == pointer
        assert "указана дважды" in refused.json["detail"]
    assert len(client.get(OPERATOR, path).json["needs"]) == 2


def test_what_is_over_is_not_put_right_but_asked_anew(client: IntakeClient) -> None:
    asked = client.asked()
    client.do(HQ, f"/cases/{asked['case_id']}/withdraw", {"evidence": "written"})

    over = client.post(OPERATOR, f"/requests/{asked['id']}/mend", {"urgency": "urgent"})

    assert (over.status, over.code) == (409, "request_is_over")
    assert [step["action"] for step in over.json["next_steps"]] == ["register_again"]
    # Of a family that is forgotten nothing is known any more.
    erase = {"reason": "person_asked", "evidence": "written"}
    other = client.asked(contact=request()["contact"] | {"phone": "+79160000066"})
    client.do(HQ, f"/families/{other['family_id']}/erase", erase)
    gone = client.post(OPERATOR, f"/requests/{other['id']}/additions", {"text": "Ещё"})
    assert (gone.status, gone.code) == (409, "person_was_erased")
    assert gone.json["next_steps"] == over.json["next_steps"]
    # Nor can a note be left whose words no key would keep.
    client.world.set_time(at("2026-09-14 10:11"))
    late = client.post(OPERATOR, f"/requests/{other['id']}/mend", {"urgency": "urgent"})
    assert (late.code, late.json["next_steps"]) == ("time_to_mend_is_over", [])


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
    # The phone that was mistyped may be a stranger's, who is signed in by it no more.
    refresh = {"refresh_token": client.sign_in(PHONE)["refresh_token"]}
    client.do(OPERATOR, path, {"contact": contact | {"name": "Анна Петровна"}})
    again = client.post(None, "/tokens/refresh", refresh)
    assert again.status == 200
    right = contact | {"phone": "+79160000077"}
    client.do(OPERATOR, path, {"contact": right})
    assert client.post(OPERATOR, "/callers/search", {"phone": PHONE}).json["families"] == []
    refresh = {"refresh_token": again.json["refresh_token"]}
    assert client.post(None, "/tokens/refresh", refresh).status == 401


def test_a_contact_is_added_within_the_call_to_who_has_none_and_agreed_to_it(
    client: IntakeClient,
) -> None:
    contact = {"contact": request()["contact"]}
    silent = client.asked(contact=None, consents={"processing": False})
    refused = client.post(OPERATOR, f"/requests/{silent['id']}/mend", contact)
    assert (refused.status, refused.code) == (409, "consent_comes_first")
    assert [step["action"] for step in refused.json["next_steps"]] == ["register_again"]
    assert client.asked(family_id=silent["family_id"], needs=[])["case_id"] == silent["case_id"]
    assert client.view(silent["case_id"])["family"]["has_contact"]
    first = client.asked()
    later = client.asked(contact=None, family_id=first["family_id"])

    other = client.post(OPERATOR, f"/requests/{later['id']}/mend", contact)

    assert (other.status, other.code) == (409, "no_contact_to_mend")
    client.wait(0.03)
    unknown = client.asked(contact=None, confidentiality="anonymous")
    client.wait(0.03)
    late = client.post(OPERATOR, f"/requests/{unknown['id']}/mend", contact)
    assert late.code == "time_to_mend_is_over"


def test_a_contact_is_offered_to_be_put_right_while_the_family_lets_it_be_kept(
    client: IntakeClient,
) -> None:
    asked, other = client.asked(), client.asked(contact=None, confidentiality="anonymous")
    path = f"/requests/{asked['id']}"
    client.do(HQ, f"/cases/{asked['case_id']}/take")
    assert "mend" in client.get(OPERATOR, path).json["next_steps"]

    back = {"purpose": "processing", "given": False, "evidence": "written"}
    client.do(HQ, f"/families/{asked['family_id']}/consents", back)
    erase = {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"/families/{other['family_id']}/erase", erase)

    assert "mend" not in client.get(OPERATOR, path).json["next_steps"]
    contact = {"contact": request()["contact"]}
    refused = client.post(OPERATOR, f"/requests/{other['id']}/mend", contact)
    assert (refused.status, refused.code) == (409, "person_was_erased")


def test_who_has_entered_a_code_has_the_phone_whatever_the_name_was(client: IntakeClient) -> None:
    asked = client.asked()
    signed_in, family = client.signed_in(), f"/families/{asked['family_id']}"
    before = client.get(HQ, family).json["contacts"]
    assert before[0]["proof"] == "proven_by_code"

    named = request()["contact"] | {"name": "Анна-Мария"}
    client.do(OPERATOR, f"/requests/{asked['id']}/mend", {"contact": named})

    assert client.get(HQ, family).json["contacts"] == before
    assert client.get(HQ, f"{family}/export").json["contacts"][0]["name"] == "Анна-Мария"
    assert client.get(signed_in, "/own-cases").status == 200
    assert client.published("FamilyContactChanged") == []
