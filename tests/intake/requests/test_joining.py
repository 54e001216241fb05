"""The same family asks again: nothing that it says is lost, and nobody else learns of it."""

from datetime import timedelta
from typing import Any

import pytest

from services.intake.requests.use_cases.joining import MOST_ENDED, join_due
from shared import clock, dependencies
from shared.principal import Principal, system
from shared.storage.command_context import CommandContext
from tests.intake.api_client import (
    HQ,
    NAME,
    OPERATOR,
    PHONE,
    IntakeClient,
    request,
    staff,
)
from tests.support.world import at

WRITTEN_OTHERWISE = {
    "name": "Аня",
    "channel": "email",
    "phone": "8 (916) 123-45-67",
    "address": "anya@example.org",
    "language": "en",
}
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

    second = client.asked(contact=WRITTEN_OTHERWISE, family={"kind": "birth"}, **WORSE)

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
    # The family keeps its name; what the call says of it is there to be asked about.
    said = {"name": "Аня", "channel": "email", "address": "anya@example.org", "language": "en"}
    assert [each["contact"] for each in words["requests"]] == [None, said]
    kinds = [each["family"] and each["family"]["kind"] for each in words["requests"]]
    assert kinds == [None, "birth"]
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
    everywhere = staff("OP-N", "hotline_operator", "*")
    elsewhere = client.post(everywhere, "/requests", named)
    assert (elsewhere.status, elsewhere.code) == (422, "family_of_another_region")
    client.asked(family_id=first["family_id"], contact=new_phone)  # it has that already
    assert len(client.get(HQ, f"/families/{first['family_id']}").json["contacts"]) == 2
    erasure = {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"/families/{first['family_id']}/erase", erasure)
    for contact in (new_phone, None):
        known = request(family_id=first["family_id"], contact=contact)
        gone = client.post(OPERATOR, "/requests", known)
        assert (gone.status, gone.code) == (409, "person_was_erased")
        assert [step["action"] for step in gone.json["next_steps"]] == ["register_again"]


def test_a_case_is_of_the_district_that_its_request_names(client: IntakeClient) -> None:
    first = client.asked()
    client.do(HQ, f"/cases/{first['case_id']}/withdraw", {"evidence": "written"})

    second = client.asked(district_id="D05")

    assert second["family_id"] == first["family_id"]
    assert client.view(second["case_id"])["district_id"] == "D05"


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
    assert [member["relation"] for member in view["members"]] == ["spouse", "other"]
    assert client.get(HQ, f"/cases/{first['case_id']}").json["needs_check"] is True
    assert [each["purpose"] for each in view["consents"]] == ["processing", "contact"]


@pytest.mark.requirement("X-13")
def test_a_question_of_an_erased_family_makes_no_case_and_ends_by_itself(
    client: IntakeClient,
) -> None:
    asked = client.asked(purpose="information")
    path, erase = f"/requests/{asked['id']}", {"reason": "person_asked", "evidence": "written"}
    assert client.get(OPERATOR, path).json["next_steps"] == ["join", "end", "add", "mend"]
    client.post(HQ, f"/families/{asked['family_id']}/erase", erase)

    refused = client.post(HQ, f"{path}/case")

    assert (refused.status, refused.code) == (409, "person_was_erased")
    assert [step["action"] for step in refused.json["next_steps"]] == ["end"]
    client.world.settle()
    assert client.get(HQ, "/cases").json["items"] == []
    view = client.get(OPERATOR, path).json
    assert (view["status"], view["end_reason"], view["next_steps"]) == (
        "ended",
        "family_erased",
        [],
    )
    assert [each["reason"] for each in client.published("RequestEnded")] == ["family_erased"]
    assert client.get(HQ, "/requests").json["items"] == []


def test_a_question_that_no_index_shows_yet_ends_ten_minutes_later(client: IntakeClient) -> None:
    with client.world.dynamodb.lagging_indexes():
        asked = client.asked(purpose="information")
        wish = {"reason": "person_asked", "evidence": "written"}
        client.do(HQ, f"/families/{asked['family_id']}/erase", wish)
    client.world.advance(clock.now() + timedelta(minutes=12))

    assert [each["reason"] for each in client.published("RequestEnded")] == ["family_erased"]


def test_very_many_questions_of_a_forgotten_family_end_by_themselves(client: IntakeClient) -> None:
    asked = [client.asked(purpose="information") for _ in range(MOST_ENDED + 2)]
    wish = {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"/families/{asked[0]['family_id']}/erase", wish)

    client.world.settle()

    assert client.get(HQ, "/requests").json["items"] == []
    assert [each["reason"] for each in client.published("RequestEnded")] == ["family_erased"] * len(
        asked
    )


def test_a_question_that_becomes_a_case_is_of_a_family_to_which_a_way_is_to_be_found(
    client: IntakeClient,
) -> None:
    asked = client.asked(purpose="information", consents={"processing": True}, urgency="urgent")
    assert client.published("FamilyUnreachable") == []

    client.do(OPERATOR, f"/requests/{asked['id']}/case")
    case = client.get(HQ, f"/requests/{asked['id']}").json["case_id"]

    (told,) = client.published("FamilyUnreachable")
    assert (told["family_id"], told["forbidden"]) == (asked["family_id"], True)
    assert client.view(case)["urgent"]
    opened = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
    assert (opened["what"], opened["ref"]) == ("opened", asked["id"])


def test_a_request_offers_what_can_still_be_done_about_it(client: IntakeClient) -> None:
    nameless = client.asked(purpose="information", contact=None, consents={})
    asked = client.asked()

    def offered(request_id: str) -> Any:
        return client.get(OPERATOR, f"/requests/{request_id}").json["next_steps"]

    assert (offered(nameless["id"]), offered(asked["id"])) == (
        ["end", "add", "mend"],
        ["add", "mend"],
    )
    client.do(HQ, f"/cases/{asked['case_id']}/withdraw", {"evidence": "written"})
    assert offered(asked["id"]) == ["mend"]  # its family is known by it alone
    found = client.post(OPERATOR, "/requests/search", {"number": asked["number"]}, key=None)
    assert found.json["items"][0]["next_steps"] == ["mend"]


def test_a_request_offers_to_be_another_familys_where_it_can_be(client: IntakeClient) -> None:
    """Each step that a view offers is tried; nothing that is tried stays."""
    first = client.asked(needs=[{"category": "food_aid"}])
    second = client.asked(needs=[{"category": "animal_care"}])
    question = client.asked(purpose="information", needs=[])
    new = client.asked(
        purpose="information", contact=request()["contact"] | {"phone": "+79160000077"}
    )
    case = first["case_id"]

    def check() -> list[bool]:
        offered = []
        for each in (first, second, question, new):
            path = f"/requests/{each['id']}"
            offered.append("disown" in client.get(HQ, path).json["next_steps"])
            kept = client.world.dynamodb.snapshot()
            answer = client.post(HQ, f"{path}/disown")
            client.world.dynamodb.restore(kept)
            assert (answer.status == 200) is offered[-1], (each["id"], answer.text)
        return offered

    assert check() == [False, True, True, False]
    client.do(HQ, f"/cases/{case}/take")
    needs = {need["category"]: need["need_id"] for need in client.view(case)["needs"]}
    clarified = {
        "confirm": [needs["animal_care"]],
        "drop": [{"need_id": needs["food_aid"], "reason": "not_needed"}],
    }
    client.do(HQ, f"/cases/{case}/needs", clarified)
    check()
    client.do(HQ, f"/cases/{case}/care-requirement", {"long_term_need": True, "reason": "illness"})
    assert check()[1] is False  # the last need that a guardian is searched for
    client.do(HQ, f"/cases/{case}/needs", {"add": [{"category": "repair_work"}]})
    assert check()[1] is True  # headquarters knows of another one
    (added,) = (n["need_id"] for n in client.view(case)["needs"] if n["category"] == "repair_work")
    done = {"drop": [{"need_id": added, "reason": "not_needed"}]}
    client.do(HQ, f"/cases/{case}/needs", done)
    assert check()[1] is False
    client.asked(needs=[{"category": "animal_care"}])
    assert check()[1] is True  # the family has asked for it twice
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    assert check() == [False, True, True, False]
    client.wait(1)
    anew = client.asked()
    first, second = anew, client.asked(needs=[{"category": "animal_care"}])
    assert check()[:2] == [True, True]  # of a family that was known before both
    client.do(HQ, f"/requests/{second['id']}/disown")
    assert check()[0] is False  # it alone has made its case
    client.do(HQ, f"/cases/{anew['case_id']}/take")
    more = {"add": [{"category": "repair_work"}]}
    client.do(HQ, f"/cases/{anew['case_id']}/needs", more)
    marker = {"long_term_need": True, "reason": "illness"}
    client.do(HQ, f"/cases/{anew['case_id']}/care-requirement", marker)
    assert check()[0] is False  # also while a guardian is searched for
    client.do(HQ, f"/cases/{anew['case_id']}/withdraw", {"evidence": "written"})
    assert check()[0] is True


def test_a_deadline_that_comes_again_joins_nothing_twice(client: IntakeClient) -> None:
    client.asked()
    joined = client.asked()
    seen, published = client.view(joined["case_id"]), len(client.published("RequestJoined"))

    with client.world.service("intake"):
        context = CommandContext(system("join_due"), "join_due", "cor_1")
        join_due(joined["id"], context, **dependencies.connected(join_due))
    client.world.settle()

    assert client.view(joined["case_id"]) == seen
    assert len(client.published("RequestJoined")) == published
