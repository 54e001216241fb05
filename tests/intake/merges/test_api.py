"""Two records of one family: suggested, merged by headquarters, read as one, and undone."""

from dataclasses import replace
from typing import Any

import pytest

from services.intake.families.repository import Families
from services.intake.families.vault_records import name_key
from shared.errors import IllegalStep
from shared.privacy.vault import Vault
from tests.intake.api_client import (
    BOT,
    GUARDIAN,
    HQ,
    HQ_Y,
    NAME,
    OFFICE_D05,
    OPERATOR,
    PHONE,
    IntakeClient,
    just_before_the_next_write,
    request,
    staff,
)
from tests.support.world import at

SECOND = {"name": "анна", "channel": "sms", "phone": "+79160000002"}
THIRD = {"name": "Вера", "channel": "sms", "phone": "+79160000003"}
CARE = {"programme": "family_care"}
MERGE, UNDO = {"reason": "same_people"}, {"reason": "merged_by_mistake"}
EVIDENCE = {"evidence": "spoken_by_phone"}


def two(client: IntakeClient, **second: Any) -> tuple[Any, Any]:
    """A family that called twice, from two phones and for two programmes."""
    return client.asked(), client.asked(contact=SECOND, **(CARE | second))


def merge(client: IntakeClient, first: Any, second: Any, who: Any = HQ) -> Any:
    """Merge the record of the second request into that of the first one."""
    path = f"/families/{first['family_id']}/merge"
    answer = client.post(who, path, MERGE | {"family_id": second["family_id"]})
    client.world.settle()
    return answer


def undo(client: IntakeClient, first: Any, second: Any) -> Any:
    """Undo the merge."""
    path = f"/families/{first['family_id']}/merge/undo"
    answer = client.post(HQ, path, UNDO | {"family_id": second["family_id"]})
    client.world.settle()
    return answer


def view(client: IntakeClient, asked: Any) -> Any:
    """The family of a request."""
    return client.get(HQ, f"/families/{asked['family_id']}").json


def suggested(client: IntakeClient, asked: Any) -> dict[str, list[str]]:
    """The families that may be the same, with the signs."""
    items = client.get(HQ, f"/families/{asked['family_id']}/duplicates").json["items"]
    return {each["id"]: each["signs"] for each in items}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Анна", "АНА", True),
        ("Алёна Петрова", "петрова  алена", True),
        ("Анна-Мария О’Нил", "О'Нил Мария Анна", True),
        ("Анна", "Инна", False),
    ],
)
def test_names_are_the_same_by_one_rule(one: str, other: str, same: bool) -> None:
    assert (name_key(one) == name_key(other)) is same


def test_records_that_look_alike_are_suggested_and_never_merged_by_themselves(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    shared = client.asked(other_person=True, contact=THIRD | {"phone": PHONE}, **CARE)
    nobody = client.asked(contact=THIRD, family={"members": [{"relation": "child"}]}, **CARE)

    assert suggested(client, first) == {
        second["family_id"]: ["same_name_and_birth"],
        shared["family_id"]: ["same_contact"],
    }
    assert suggested(client, nobody) == {}
    listed = client.get(HQ, "/alike-families").json["items"]
    pairs = {each["id"]: [one["family_id"] for one in each["alike"]] for each in listed}
    assert pairs == {each["family_id"]: [first["family_id"]] for each in (second, shared)}
    assert client.get(HQ_Y, f"/families/{first['family_id']}/duplicates").status == 404
    assert client.get(OPERATOR, f"/families/{first['family_id']}/duplicates").status == 404
    assert client.published("FamiliesMerged") == []
    for place in ("data", "outbox", "audit"):
        assert "анна" not in str(client.world.rows(f"intake-{place}")).lower()

    path = f"/families/{first['family_id']}/different"
    client.do(HQ, path, {"family_id": second["family_id"]})
    assert suggested(client, first) == {shared["family_id"]: ["same_contact"]}
    assert suggested(client, second) == {}
    listed = client.get(HQ, "/alike-families").json["items"]
    assert [each["id"] for each in listed] == [shared["family_id"]]
    members = [{"relation": "child", "born": "2018-01"}]
    version = view(client, nobody)["version"]
    path = f"/families/{nobody['family_id']}/corrections"
    client.do(HQ, path, {"members": members, "reason": "learnt_later"}, if_match=version)
    # The eldest says it, and a child that was born since does not.
    known = {"members": [{"relation": "child", "born": "2026-08"}, *members]}
    another = client.asked(contact=THIRD | {"phone": "+79160000004"}, family=known)
    assert suggested(client, another) == {nobody["family_id"]: ["same_name_and_birth"]}
    seen = client.view(another["case_id"])["family"]["alike"]
    assert [each["family_id"] for each in seen] == [nobody["family_id"]]
    version = view(client, another)["version"]
    ageless = {"members": [{"relation": "child"}], "reason": "written_down_wrong"}
    path = f"/families/{another['family_id']}/corrections"
    client.do(HQ, path, ageless, if_match=version)
    assert suggested(client, another) == suggested(client, nobody) == {}
    version = view(client, another)["version"]
    client.do(HQ, path, {"members": members, "reason": "learnt_later"}, if_match=version)
    assert suggested(client, another) == {nobody["family_id"]: ["same_name_and_birth"]}
    renamed = {"contact": THIRD | {"name": "Инна"}} | EVIDENCE
    client.do(HQ, f"/families/{nobody['family_id']}/contact", renamed)
    assert suggested(client, another) == {}


def test_everything_of_both_records_is_read_as_one_family(client: IntakeClient) -> None:
    first, second = two(client, family={"groups": ["low_income"], "kind": "birth"}, text="Слова")
    client.do(HQ, f"/cases/{second['case_id']}/take")
    office = {"purpose": "share_with_office", "given": True, "recipient": "D05"}
    client.do(HQ, f"/families/{second['family_id']}/consents", office | EVIDENCE)
    client.do(HQ, f"/families/{second['family_id']}/card-holders", {"holder_ref": "A-1"})
    before = len(client.get(HQ, f"/families/{first['family_id']}/timeline").json["items"])
    assert client.bind().status == client.bind("chat-2", SECOND["phone"]).status == 200

    answer = merge(client, first, second)

    assert answer.status == 200, answer.text
    one, other = view(client, first), view(client, second)
    assert one == other
    assert (one["id"], one["groups"]) == (first["family_id"], ["low_income"])
    assert [each["family_id"] for each in one["merged"]] == [second["family_id"]]
    assert {each["case_id"] for each in one["open_cases"]} == {first["case_id"], second["case_id"]}
    assert len(one["contacts"]) == 2
    assert one["card_holders"] == ["A-1"]
    assert "D05" in [each["recipient"] for each in one["consents"]]
    path = f"/families/{second['family_id']}/timeline"
    line = client.get(HQ, path).json["items"]
    assert [each["at"] for each in line] == sorted(each["at"] for each in line)
    assert {each["ref"] for each in line} >= {first["id"], second["id"]}
    page = client.get(HQ, path, limit=before).json
    rest = client.get(HQ, path, limit=9, cursor=page["next_cursor"]).json["items"]
    assert [*page["items"], *rest] == line
    words = client.get(HQ, f"/cases/{second['case_id']}/contact").json
    assert words["contact"]["name"] == NAME
    assert [each["text"] for each in words["requests"]] == ["Слова"]
    assert client.view(second["case_id"])["family"]["id"] == first["family_id"]
    again = client.asked(contact=SECOND, **CARE)
    assert (again["family_id"], again["case_id"]) == (first["family_id"], second["case_id"])
    for named in (first, second):
        bot = {"Ryadom-On-Behalf-Of": named["family_id"]}
        export = client.api(BOT).call("GET", f"/families/{first['family_id']}/export", headers=bot)
        assert {each["id"] for each in export.json["cases"]} == {
            first["case_id"], second["case_id"],
        }  # fmt: skip
        assert len(export.json["contacts"]) == 2
        assert len(export.json["requests"]) == 3
    assert [each["groups"] for each in client.published("FamilyCorrected")] == [["low_income"]]
    (event,) = client.published("FamiliesMerged")
    assert event == {
        "region": "ZR", "programme": None, "family_id": first["family_id"],
        "merged_family_id": second["family_id"], "reason": "same_people",
    }  # fmt: skip
    assert merge(client, first, second).json["version"] == view(client, first)["version"]
    assert len(client.published("FamiliesMerged")) == 1


def test_the_latest_word_of_the_family_counts_and_an_undone_merge_keeps_it(
    client: IntakeClient,
) -> None:
    first, second = two(client, consents={"processing": True, "contact": True})
    merge(client, first, second)
    path = f"/families/{second['family_id']}/consents"
    wish = {"purpose": "share_need_categories", "given": False} | EVIDENCE
    client.do(HQ, path, wish | {"purpose": "contact"})
    client.do(HQ, path, wish)

    def held(asked: Any) -> set[str]:
        consents = view(client, asked)["consents"]
        return {each["purpose"] for each in consents if each["withdrawn_at"] is None}

    assert held(first) == {"processing"}
    assert undo(client, first, second).status == 200
    assert held(first) == held(second) == {"processing"}


def test_what_the_merged_record_alone_allowed_is_taken_back_for_the_family(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    alone = {"purpose": "contact", **EVIDENCE}
    client.do(HQ, f"/families/{first['family_id']}/consents", alone | {"given": False})
    client.world.set_time(at("2026-09-14 10:00"))
    client.do(HQ, f"/families/{second['family_id']}/consents", alone | {"given": False})
    client.world.set_time(at("2026-09-14 10:10"))
    client.do(HQ, f"/families/{second['family_id']}/consents", alone | {"given": True})
    merge(client, first, second)
    assert client.told(first["case_id"], "request_received_family").get("address")

    client.world.set_time(at("2026-09-14 10:20"))
    client.do(HQ, f"/families/{first['family_id']}/consents", alone | {"given": False})

    assert client.told(first["case_id"], "request_received_family")["refused"] == "no_consent"


def test_an_undone_merge_leaves_each_record_as_it_was(client: IntakeClient) -> None:
    first, second = two(
        client, family={"groups": ["large"], "members": [], "home_conditions": ["no_lift"]}
    )
    before = [view(client, each) for each in (first, second)]
    merge(client, first, second)
    new = client.asked(contact=SECOND, **CARE, text="Ещё")
    assert new["case_id"] == second["case_id"]

    assert undo(client, first, second).status == 200
    assert [each["groups"] for each in client.published("FamilyCorrected")] == [["large"], []]

    after = [view(client, each) for each in (first, second)]
    for was, now in zip(before, after, strict=True):
        assert {**was, "version": 0, "alike": []} == {**now, "version": 0}
    assert client.asked(contact=SECOND, **CARE)["family_id"] == second["family_id"]
    assert suggested(client, first) == {}
    missing = undo(client, first, second)
    assert (missing.status, missing.code) == (422, "family_not_merged")
    (row,) = [
        each
        for each in client.world.rows("intake-audit")
        if each.get("reason", {}).get("S") == "merged_by_mistake"
        and each["pk"]["S"] == first["family_id"]
    ]
    assert row["actor"]["S"] == "HQ-1"
    assert client.published("FamilyMergeUndone")[0]["merged_family_id"] == second["family_id"]


def test_what_cannot_be_merged_says_what_to_do_instead(client: IntakeClient) -> None:
    first, second = client.asked(), client.asked(contact=SECOND)

    open_cases = merge(client, first, second)
    assert (open_cases.status, open_cases.code) == (409, "families_have_open_cases")
    assert [each["action"] for each in open_cases.json["next_steps"]] == ["triage"]
    itself = merge(client, first, first)
    assert (itself.status, itself.code) == (422, "family_with_itself")
    assert merge(client, first, second, HQ_Y).status == 404
    assert merge(client, first, second, OPERATOR).status == 404
    both = staff("HQ-B", "regional_hq")
    both = replace(both, regions=("ZR", "YY"))
    there = client.do(HQ_Y, "/requests", request(region="YY", **CARE))
    abroad = merge(client, first, there, both)
    assert (abroad.status, abroad.code) == (422, "family_of_another_region")
    client.do(HQ, f"/cases/{second['case_id']}/take")
    declined = {"decision": "decline", "reason": "duplicate"}
    client.do(HQ, f"/cases/{second['case_id']}/triage", declined)
    assert merge(client, first, second).status == 200
    third = client.asked(contact=THIRD, **CARE)
    nested = merge(client, third, first)
    assert (nested.status, nested.code) == (409, "family_has_merged_records")
    assert merge(client, first, third).status == 200


@pytest.mark.requirement("X-04")
def test_a_merge_while_one_side_is_being_closed(client: IntakeClient) -> None:
    first, second = two(client)
    path = f"/cases/{second['case_id']}/withdraw"
    with just_before_the_next_write(client, lambda: client.post(HQ, path, EVIDENCE)):
        assert merge(client, first, second).status == 200
    assert client.view(second["case_id"])["status"] == "closed"
    assert [each["case_id"] for each in view(client, second)["open_cases"]] == [first["case_id"]]
    third = client.asked(contact=THIRD, **CARE)
    path = f"/cases/{third['case_id']}/withdraw"

    with just_before_the_next_write(client, lambda: merge(client, first, third)):
        assert client.post(HQ, path, EVIDENCE).status == 200

    assert client.view(third["case_id"])["status"] == "closed"
    assert [each["case_id"] for each in view(client, third)["open_cases"]] == [first["case_id"]]


@pytest.mark.requirement("X-13")
def test_a_family_is_erased_with_all_of_its_records(client: IntakeClient) -> None:
    case = client.matched()
    first = {"family_id": client.family(case)}
    second = client.asked(contact=SECOND, **CARE)
    client.do(HQ, f"/families/{second['family_id']}/card-holders", {"holder_ref": "A-1"})
    merge(client, first, second)

    wish = {"reason": "person_asked"} | EVIDENCE
    client.do(HQ, f"/families/{second['family_id']}/erase", wish)

    erased = {each["family_id"] for each in client.published("FamilyErased")}
    assert erased == {first["family_id"], second["family_id"]}
    assert {each["case_id"] for each in client.published("CaseClosed")} == {
        case, second["case_id"],
    }  # fmt: skip
    with client.world.service("intake"):
        families, vault = Families.connect(), Vault.connect()
        for record in map(families.record, (first["family_id"], second["family_id"])):
            assert (record.status, record.contacts, record.card_holders) == ("erased", (), ())
            assert record.joined == ()
            with pytest.raises(IllegalStep, match="subject_erased"):
                vault.require_living(record.family_id)
    words = client.get(HQ, f"/cases/{second['case_id']}/contact").json
    assert words["contact"] is None
    assert {each["text"] for each in words["requests"]} == {None}
    held = [row for row in client.world.rows("intake-data") if "CONTACT#" in row["pk"]["S"]]
    assert held == []
    late = undo(client, first, second)
    assert (late.status, late.code) == (409, "person_was_erased")
    assert client.asked(contact=SECOND)["family_id"] not in erased


def test_an_undo_that_meets_the_erasure_is_refused(client: IntakeClient) -> None:
    first, second = two(client)
    merge(client, first, second)
    path = f"/families/{first['family_id']}/erase"
    wish = {"reason": "person_asked"} | EVIDENCE

    with just_before_the_next_write(client, lambda: client.post(HQ, path, wish)):
        late = undo(client, first, second)

    assert (late.status, late.code) == (409, "person_was_erased")
    assert len(client.published("FamilyErased")) == 2


def test_exclusions_hold_for_all_records_and_matching_hears_of_them(client: IntakeClient) -> None:
    case = client.in_care()
    first = {"family_id": client.family(case)}
    client.hear(client.ended(case, "conflict"))
    client.do(HQ, f"/cases/{case}/withdraw", EVIDENCE)
    waiting = client.waiting(contact=SECOND)
    second = {"family_id": client.family(waiting)}

    merge(client, second, first)

    assert view(client, first)["excluded_guardians"] == [GUARDIAN]
    (told,) = client.published("CareDetailsChanged")
    assert (told["case_id"], told["excluded_guardians"]) == (waiting, [GUARDIAN])
    undo(client, second, first)
    assert client.published("CareDetailsChanged")[-1]["excluded_guardians"] == []


def test_a_call_is_added_to_the_case_that_the_merged_record_has(client: IntakeClient) -> None:
    first = client.asked()
    second = client.asked(contact=SECOND, **CARE)
    asked = client.post(OPERATOR, "/requests", request(contact=SECOND, **CARE))
    assert merge(client, first, second).status == 200

    assert client.get(HQ, f"/requests/{asked.json['id']}").json["case_id"] == second["case_id"]
    assert asked.json["id"] in client.view(second["case_id"])["requests"]


def test_what_is_said_and_decided_while_they_are_one_is_kept_where_it_belongs(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    asked = client.asked(
        contact=None, family_id=second["family_id"], purpose="information", text="Вопрос",
        programme="service_member_care",
    )  # fmt: skip
    client.do(HQ, f"/cases/{first['case_id']}/take")
    declined = {"decision": "decline", "reason": "unreachable"}
    client.do(HQ, f"/cases/{first['case_id']}/triage", declined)
    merge(client, first, second)

    client.do(HQ, f"/cases/{second['case_id']}/take")
    said = {"add": [{"category": "other", "text": "Нужны лекарства"}]}
    client.do(HQ, f"/cases/{second['case_id']}/needs", said)
    client.do(HQ, f"/requests/{asked['id']}/case")
    care = client.get(HQ, f"/requests/{asked['id']}").json["case_id"]
    client.do(HQ, f"/cases/{care}/take")
    added = {"add": [{"category": "food_aid", "text": "Крупы"}]}
    client.do(HQ, f"/cases/{care}/needs", added)
    marker = {"long_term_need": True, "reason": "illness"}
    client.do(HQ, f"/cases/{care}/care-requirement", marker)
    client.hear(client.proposed(care), client.started(care), client.ended(care, "conflict"))
    assert undo(client, first, second).status == 200

    assert client.family(care) == second["family_id"]
    assert care in [each["case_id"] for each in view(client, second)["open_cases"]]
    for case, words in ((second["case_id"], "Нужны лекарства"), (care, "Крупы")):
        needs = client.get(HQ, f"/cases/{case}/contact").json["needs"]
        assert words in [each["text"] for each in needs]
    assert view(client, first)["excluded_guardians"] == [GUARDIAN]
    assert view(client, second)["excluded_guardians"] == [GUARDIAN]


def test_a_person_of_the_merged_record_signs_in_as_the_family_and_is_signed_out_with_it(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    assert client.bind("chat-1", SECOND["phone"]).status == 200
    merge(client, first, second)
    assert client.bind("chat-2", SECOND["phone"]).status == 200
    bots = [
        client.api(BOT).with_(Ryadom_On_Behalf_Of=each["family_id"]) for each in (first, second)
    ]

    def answers() -> set[int]:
        paths = [f"/cases/{each['case_id']}/own" for each in (first, second)]
        return {bot.get(path).status for bot in bots for path in paths}

    assert answers() == {200}
    moved = {"contact": THIRD} | EVIDENCE
    client.do(HQ, f"/families/{first['family_id']}/contact", moved)
    assert answers() == {403}


def test_what_a_record_was_asked_and_shown_is_the_familys_after_its_merge(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    asking = f"/families/{second['family_id']}/person-requests"
    client.do(HQ, asking, {"kind": "export"} | EVIDENCE)

    refused = merge(client, first, second)
    assert (refused.status, refused.code) == (409, "family_waits_for_answer")
    offered = [{*view(client, each)["next_steps"]} for each in (first, second)]
    assert offered[1] - offered[0] == {"answer_person"}
    assert "separate" not in offered[0]

    client.do(HQ, f"{asking}/export/answer", {"answer": "done"})
    disclosed = {"recipient": "D05", "reason": "child_in_danger"}
    client.do(HQ, f"/families/{second['family_id']}/disclosures", disclosed)
    assert merge(client, first, second).status == 200
    export = client.get(HQ, f"/families/{first['family_id']}/export").json
    assert {*view(client, first)["next_steps"]} - offered[0] == {"separate"}
    for shown in (export, view(client, first)):
        assert [each["recipient"] for each in shown["disclosures"]] == ["D05"]
        assert [each["answer"] for each in shown["person_requests"]] == ["done"]
    assert client.get(OFFICE_D05, f"/cases/{first['case_id']}/office-view").status == 200
    again = client.post(HQ, f"/families/{first['family_id']}/disclosures", disclosed)
    assert again.code == "office_sees_already"


def test_a_merged_family_is_forgotten_after_the_last_case_of_all_its_records(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    assert merge(client, first, second).status == 200
    client.do(HQ, f"/cases/{first['case_id']}/withdraw", {"evidence": "written"})
    client.world.advance(at("2026-10-20 10:00"))
    assert view(client, second)["status"] == "active"

    client.do(HQ, f"/cases/{second['case_id']}/withdraw", {"evidence": "written"})
    client.world.advance(at("2026-12-01 10:00"))

    assert view(client, first)["status"] == "erased"
    with client.world.service("intake"):
        records = Families.connect()
        assert all(records.record(each["family_id"]).erased for each in (first, second))


def test_of_two_that_called_at_once_the_later_one_suggests_the_earlier_one(
    client: IntakeClient,
) -> None:
    phones = (PHONE, SECOND["phone"], THIRD["phone"])
    first, second, gone = (
        client.post(OPERATOR, "/requests", request(contact=SECOND | {"phone": phone})).json
        for phone in phones
    )
    wish = {"reason": "person_asked", "evidence": "written"}
    client.post(HQ, f"/families/{gone['family_id']}/erase", wish)
    client.world.settle()
    client.asked(family_id=second["family_id"], contact=None)

    (compared,) = client.published("FamilyLooksAlike")
    assert compared["family_id"] == second["family_id"]
    assert [each["family_id"] for each in view(client, second)["alike"]] == [first["family_id"]]
    assert [view(client, each)["alike"] for each in (first, gone)] == [[], []]
    shared = client.asked(other_person=True, contact=SECOND | {"phone": PHONE})
    assert {each["family_id"]: each["signs"] for each in view(client, shared)["alike"]} == {
        first["family_id"]: ["same_contact", "same_name_and_birth"],
        second["family_id"]: ["same_name_and_birth"],
    }


def test_a_record_that_was_merged_before_it_is_compared_is_no_work(client: IntakeClient) -> None:
    first = client.asked()
    second = client.post(OPERATOR, "/requests", request(contact=SECOND, **CARE)).json

    assert merge(client, first, second).status == 200

    assert client.published("FamilyLooksAlike") == []
    assert suggested(client, first) == {}


def test_likeness_is_work_until_all_that_look_alike_are_merged_or_told_apart(
    client: IntakeClient,
) -> None:
    first = client.asked(confidentiality="shareable")
    assert client.published("FamilyLooksAlike") == []
    other, third = (client.asked(other_person=True, **CARE) for _ in range(2))
    assert [each["family_id"] for each in client.published("FamilyLooksAlike")] == [
        other["family_id"], third["family_id"],
    ]  # fmt: skip

    assert merge(client, first, other).status == 200
    decided = [each["family_id"] for each in client.published("FamilyLikenessDecided")]
    assert decided == [other["family_id"]]
    apart = f"/families/{third['family_id']}/different"
    for another in (first, other):
        client.post(HQ, apart, {"family_id": another["family_id"]})
    client.world.settle()

    decided = [each["family_id"] for each in client.published("FamilyLikenessDecided")]
    assert decided == [other["family_id"], third["family_id"]]
