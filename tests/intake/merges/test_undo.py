"""An undone merge leaves each record as it was, with what was decided meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.intake.api_client import (
    GUARDIAN,
    HQ,
    OFFICE_D05,
    IntakeClient,
    just_before_the_next_write,
    request,
)
from tests.intake.merges.builders import (
    CARE,
    EVIDENCE,
    SECOND,
    THIRD,
    merge,
    suggested,
    two,
    undo,
    view,
)

NO_MESSAGES = {"purpose": "contact", "given": False} | EVIDENCE


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


def test_an_office_that_was_shown_a_record_by_mistake_is_not_shown_it_again(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    told = {"recipient": "D05", "reason": "child_in_danger"}
    client.do(HQ, f"/families/{second['family_id']}/disclosures", told)
    merge(client, first, second)
    client.wait(0.1)
    path = f"/families/{first['family_id']}/disclosures/end"
    client.do(HQ, path, told | {"reason": "by_mistake"})

    assert undo(client, first, second).status == 200

    assert client.get(OFFICE_D05, f"/cases/{second['case_id']}/office-view").status == 404
    assert client.get(OFFICE_D05, "/shared-families").json["items"] == []
    (shown,) = view(client, second)["disclosures"]
    assert shown["until"] < client.world.events("intake.FamilyMergeUndone")[0]["time"]


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


def test_an_undo_that_meets_the_erasure_is_refused(client: IntakeClient) -> None:
    first, second = two(client)
    merge(client, first, second)
    path = f"/families/{first['family_id']}/erase"
    wish = {"reason": "person_asked"} | EVIDENCE

    with just_before_the_next_write(client, lambda: client.post(HQ, path, wish)):
        late = undo(client, first, second)

    assert (late.status, late.code) == (409, "person_was_erased")
    assert len(client.published("FamilyErased")) == 2


@pytest.mark.parametrize("speaks", ["second", "first"])
def test_exclusions_hold_for_all_records_and_matching_hears_of_them(
    client: IntakeClient, speaks: str
) -> None:
    case = client.in_care()
    first = {"family_id": client.family(case)}
    client.hear(client.ended(case, "conflict"))
    client.do(HQ, f"/cases/{case}/withdraw", EVIDENCE)
    waiting = client.waiting(contact=SECOND)
    second = {"family_id": client.family(waiting)}

    pair = (second, first) if speaks == "second" else (first, second)
    merge(client, *pair)

    assert view(client, first)["excluded_guardians"] == [GUARDIAN]
    (told,) = client.published("CareDetailsChanged")
    assert (told["case_id"], told["excluded_guardians"]) == (waiting, [GUARDIAN])
    undo(client, *pair)
    assert client.published("CareDetailsChanged")[-1]["excluded_guardians"] == []
    lines = client.get(HQ, f"/cases/{waiting}/history").json["items"][-2:]
    assert [each["what"] for each in lines] == ["family_merged", "family_merge_undone"]
    assert [each["ref"] for each in lines] == [pair[0]["family_id"], second["family_id"]]


MARKER = {"long_term_need": True, "reason": "alone_with_children"}
SILENT = {"consents": {"processing": True, "contact": True}, "contact": SECOND}


def test_a_family_that_never_agreed_is_searched_a_guardian_for_no_longer_than_it_is_another_one(
    client: IntakeClient,
) -> None:
    first, second = client.asked(**CARE), client.asked(**SILENT)
    case = second["case_id"]
    merge(client, first, second)
    client.do(HQ, f"/cases/{case}/take")
    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    client.do(HQ, f"/cases/{case}/care-requirement", MARKER)

    assert undo(client, first, second).status == 200

    assert client.view(case)["status"] == "in_review"
    (lifted,) = client.published("CareRequirementLifted")
    assert (lifted["case_id"], lifted["reason"]) == (case, "consent_withdrawn")


def test_the_latest_word_of_a_merged_record_stops_a_search(client: IntakeClient) -> None:
    case = client.waiting()
    first = {"family_id": client.family(case)}
    client.wait(0.1)
    second = client.asked(contact=SECOND, **CARE)
    wish = {"purpose": "share_need_categories", "given": False} | EVIDENCE
    client.do(HQ, f"/families/{second['family_id']}/consents", wish)

    merge(client, first, second)

    assert client.view(case)["status"] == "in_review"
    assert [each["case_id"] for each in client.published("CareRequirementLifted")] == [case]


@pytest.mark.parametrize("first_is", ["marker", "other"])
@pytest.mark.parametrize("step", [merge, undo])
def test_no_search_begins_at_the_moment_that_takes_its_consent_away(
    client: IntakeClient, step: Callable[..., Any], first_is: str
) -> None:
    """The marker reads the family with its consent, while that of another record speaks for it."""
    wish = {"purpose": "share_need_categories", "given": False} | EVIDENCE
    if step is merge:
        first, second = client.asked(), client.asked(contact=SECOND, **CARE)
        case = first["case_id"]
        client.wait(0.01)
        client.do(HQ, f"/families/{second['family_id']}/consents", wish)
    else:
        first, second = client.asked(**CARE), client.asked(**SILENT)
        case = second["case_id"]
        merge(client, first, second)
    client.do(HQ, f"/cases/{case}/take")
    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})

    def mark() -> Any:
        return client.post(HQ, f"/cases/{case}/care-requirement", MARKER)

    def other() -> Any:
        return step(client, first, second)

    before, after = (mark, other) if first_is == "marker" else (other, mark)
    with just_before_the_next_write(client, before):
        after()
    client.world.settle()

    assert client.view(case)["status"] == "in_review"


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


def test_work_about_a_record_is_the_familys_while_they_are_one(client: IntakeClient) -> None:
    """Who looks for a way to a family that another record has a way to looks in vain."""
    nobody: dict[str, Any] = {"contact": None, "confidentiality": "confidential"}
    first, second = client.asked(), client.do(HQ, "/requests", request(**CARE | nobody))

    def told(kind: str) -> list[str]:
        return [each["family_id"] for each in client.published(kind) if not each.get("record_id")]

    assert told("FamilyUnreachable") == [second["family_id"]]
    assert merge(client, first, second).status == 200
    assert (told("FamilyReachable"), len(told("FamilyUnreachable"))) == ([second["family_id"]], 1)

    assert undo(client, first, second).status == 200
    assert told("FamilyUnreachable") == [second["family_id"]] * 2
    assert len(told("FamilyReachable")) == 1

    client.do(HQ, f"/cases/{first['case_id']}/withdraw", EVIDENCE)
    client.do(HQ, f"/families/{first['family_id']}/consents", NO_MESSAGES)
    assert merge(client, first, second).status == 200
    assert told("FamilyReachable") == [second["family_id"]] * 2
    assert told("FamilyUnreachable")[2:] == [first["family_id"]]

    assert undo(client, first, second).status == 200
    assert told("FamilyReachable")[2:] == [first["family_id"]]
    assert told("FamilyUnreachable")[3:] == [second["family_id"]]


def test_nobody_looks_for_a_way_to_a_family_whose_last_case_was_another_records(
    client: IntakeClient,
) -> None:
    silent = {"processing": True}
    first, second = two(client, consents=silent)
    client.do(HQ, f"/families/{first['family_id']}/consents", NO_MESSAGES)
    merge(client, first, second)
    client.do(HQ, f"/cases/{first['case_id']}/withdraw", EVIDENCE)
    sought = [each["family_id"] for each in client.published("FamilyUnreachable")]
    assert {*sought} == {first["family_id"], second["family_id"]}

    client.do(HQ, f"/cases/{second['case_id']}/withdraw", EVIDENCE)

    found = [each["family_id"] for each in client.published("FamilyReachable")]
    assert found == [second["family_id"], first["family_id"]]


def test_a_record_without_a_case_is_kept_thirty_days_from_the_undone_merge(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    client.do(HQ, f"/cases/{first['case_id']}/withdraw", EVIDENCE)
    merge(client, first, second)
    client.wait(40)
    assert undo(client, first, second).status == 200

    client.wait(29)
    assert view(client, first)["status"] == "active"
    client.wait(2)

    assert [view(client, each)["status"] for each in (first, second)] == ["erased", "active"]


def test_an_undone_merge_keeps_no_one_longer_than_thirty_days_after_the_last_case(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    for each in (first, second):
        client.do(HQ, f"/cases/{each['case_id']}/withdraw", EVIDENCE)
    merge(client, first, second)
    client.wait(25)
    assert undo(client, first, second).status == 200

    client.wait(6)

    assert [view(client, each)["status"] for each in (first, second)] == ["erased", "erased"]


def test_nobody_looks_for_a_way_to_who_wished_to_be_anonymous_and_was_merged_by_mistake(
    client: IntakeClient,
) -> None:
    nameless: dict[str, Any] = {"contact": None, "consents": {}, "family": {"members": []}}
    first = client.asked(**nameless, confidentiality="anonymous")
    second = client.asked(contact=SECOND, **CARE)
    merge(client, first, second)
    assert not view(client, first)["anonymous"]

    assert undo(client, first, second).status == 200

    assert view(client, first)["anonymous"]
    assert client.published("FamilyUnreachable") == []


def test_whom_a_record_looked_like_is_compared_again_after_an_undone_merge(
    client: IntakeClient,
) -> None:
    first, second = client.asked(), client.asked(contact=THIRD, family={}, **CARE)
    third = client.asked(other_person=True, contact=THIRD, family={}, **CARE)
    merge(client, first, third)
    assert [each["family_id"] for each in client.published("FamilyLikenessDecided")] == [
        third["family_id"]
    ]

    # Until then the family that speaks for it is to be compared.
    listed = client.get(HQ, "/alike-families").json["items"]
    looks = [(each["id"], [one["family_id"] for one in each["alike"]]) for each in listed]
    assert looks == [(first["family_id"], [second["family_id"]])]
    assert view(client, first)["alike"][0]["signs"] == ["same_contact"]

    undo(client, first, third)

    assert [each["family_id"] for each in view(client, third)["alike"]] == [second["family_id"]]
    assert view(client, first)["alike"] == []
    compared = [each["family_id"] for each in client.published("FamilyLooksAlike")]
    assert compared == [each["family_id"] for each in (third, first, third)]
    decided = [each["family_id"] for each in client.published("FamilyLikenessDecided")]
    assert decided == [each["family_id"] for each in (third, first)]
    # Who was forgotten meanwhile is suggested no more.
    merge(client, first, third)
    wish = {"reason": "person_asked"} | EVIDENCE
    client.do(HQ, f"/families/{second['family_id']}/erase", wish)
    undo(client, first, third)
    assert view(client, third)["alike"] == []


@pytest.mark.parametrize("last", [0, 1])
def test_work_about_either_record_ends_with_the_last_case_of_the_whole_family(
    client: IntakeClient, last: int
) -> None:
    records = first, second = two(client, consents={"processing": True, "contact": True})
    merge(client, first, second)
    families = {each["family_id"] for each in records}
    new = {"name": "Анна", "channel": "sms", "phone": "+79160000004"}
    client.do(HQ, f"/families/{first['family_id']}/contact", {"contact": new} | EVIDENCE)
    changed = client.published("FamilyContactChanged")
    assert {each["record_id"] or each["family_id"] for each in changed} == families
    assert [each["notifies_former"] for each in changed] == [False, False]

    client.do(HQ, f"/families/{first['family_id']}/consents", NO_MESSAGES)
    silent = client.published("FamilyUnreachable")
    assert {each["record_id"] or each["family_id"] for each in silent} == families

    client.do(HQ, f"/cases/{records[1 - last]['case_id']}/withdraw", EVIDENCE)
    assert client.published("FamilyCasesEnded") == []
    client.do(HQ, f"/cases/{records[last]['case_id']}/withdraw", EVIDENCE)

    ended = client.published("FamilyCasesEnded")
    assert {each["record_id"] for each in ended} == families


def test_an_undone_merge_ends_work_about_the_record_that_has_no_open_case(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    client.do(HQ, f"/cases/{second['case_id']}/withdraw", EVIDENCE)
    merge(client, first, second)
    assert len(client.published("FamilyCasesEnded")) == 1

    undo(client, first, second)

    ended = [each["record_id"] for each in client.published("FamilyCasesEnded")]
    assert ended == [second["family_id"]] * 2
