"""What was known wrong of a family is replaced, and all that depends on it follows."""

from typing import Any

import pytest

from services.intake.families.repository import Families
from tests.intake.api_client import (
    BOT,
    HQ,
    HQ_2,
    HQ_Y,
    OFFICE_D05,
    OPERATOR,
    PHONE,
    REP,
    IntakeClient,
    request,
    staff,
)

MANAGER = staff("CM-1", "case_manager")
WRONG = {"reason": "written_down_wrong"}


def correct(client: IntakeClient, family: str, who: Any = HQ, **said: Any) -> Any:
    """Correct what is known of a family under its present version."""
    version = client.get(HQ, f"/families/{family}").json["version"]
    return client.post(who, f"/families/{family}/corrections", said, if_match=version)


def test_groups_and_other_facts_are_replaced_by_headquarters_with_a_reason(
    client: IntakeClient,
) -> None:
    asked = client.asked(family={"kind": "birth", "groups": ["large", "single_parent", "large"]})
    family = asked["family_id"]
    before = client.get(HQ, f"/families/{family}").json
    assert before["groups"] == ["large", "single_parent"]

    bare = correct(client, family, groups=["large"])
    assert (bare.status, bare.code) == (422, "reason_required")
    assert correct(client, family, **WRONG).code == "no_fact_to_correct"
    stale = client.post(
        HQ, f"/families/{family}/corrections", WRONG | {"motivated": True}, if_match=9
    )
    assert stale.status == 412
    members = [{"relation": "child", "born": "2031-01"}]
    born = correct(client, family, members=members, **WRONG)
    assert (born.code, born.json["errors"][0]["pointer"]) == ("born_in_future", "/members/0/born")

    new = {
        "kind": "foster",
        "groups": ["low_income", "large", "large"],
        "members": [{"relation": "parent"}] + [{"relation": "child", "born": "2019-04"}] * 4,
        "motivated": True,
        "preferred_time": "evening",
    }
    done = correct(client, family, **new, **WRONG)

    assert done.status == 200, done.text
    view = client.get(HQ, f"/families/{family}").json
    assert (view["kind"], view["groups"]) == ("foster", ["low_income", "large"])
    assert (view["motivated"], view["preferred_time"]) == (True, "evening")
    assert [member["born"] for member in view["members"]] == [None, *["2019-04"] * 4]
    same = {"contacts", "consents", "open_cases", "district_id", "known_since"}
    assert {name: view[name] for name in same} == {name: before[name] for name in same}
    client.world.settle()
    (event,) = client.published("FamilyCorrected")
    assert (event["groups"], event["size_band"]) == (["low_income", "large"], "five_and_more")
    (row,) = [
        each
        for each in client.world.rows("intake-audit")
        if each.get("reason", {}).get("S") == "written_down_wrong" and each["pk"]["S"] == family
    ]
    assert (row["actor"]["S"], row["action"]["S"]) == ("HQ-1", "correct_family")
    again = correct(client, family, **new, **WRONG)
    assert again.json["version"] == view["version"]
    assert len(client.published("FamilyCorrected")) == 1


def test_aid_of_a_project_follows_the_group_that_was_added_later(client: IntakeClient) -> None:
    case = client.in_care()
    aid = {
        "category": "food_aid", "persons": 2, "legal_basis": "programme",
        "funding_project": "low_income_families",
    }  # fmt: skip
    refused = client.post(HQ, f"/cases/{case}/aids", aid)
    assert (refused.status, refused.code) == (409, "project_is_for_low_income")

    groups = ["low_income"]
    assert correct(client, client.family(case), groups=groups, reason="learnt_later").status == 200

    client.do(HQ, f"/cases/{case}/aids", aid)
    assert client.view(case)["aids"][0]["funding_project"] == "low_income_families"


def test_the_family_itself_corrects_by_bot_and_by_its_link(client: IntakeClient) -> None:
    case = client.in_review()
    family = client.family(case)
    client.bind()
    version = client.get(HQ, f"/families/{family}").json["version"]
    itself = {"headers": {"Ryadom-On-Behalf-Of": family}, "if_match": version}
    path = f"/families/{family}/corrections"
    sensitive = {"groups_sensitive": ["parental_dependency"], "groups": ["single_parent"]}

    assert client.post(BOT, path, sensitive, **itself).status == 200
    link = client.link(case)
    silent = client.post(None, "/own-case/family", {"link": link})
    assert (silent.status, silent.code) == (422, "no_fact_to_correct")  # and uses no link up
    client.do(None, "/own-case/family", {"link": link, "motivated": True})

    view = client.get(HQ, f"/families/{family}").json
    assert (view["groups"], view["motivated"]) == (["single_parent"], True)
    assert view["groups_sensitive"] == ["parental_dependency"]
    assert "parental_dependency" not in str(client.world.rows("intake-data"))
    for wrong in ({"motivated": False}, {"district_id": "D99"}, {}):  # it says nothing more
        used = client.post(None, "/own-case/family", {"link": link} | wrong)
        assert (used.status, used.code) == (410, "link_already_used")
    other = {"headers": {"Ryadom-On-Behalf-Of": "fam_01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "if_match": 3}
    assert client.post(BOT, path, {"motivated": True}, **other).code == "not_bound"


def test_the_family_corrects_by_what_it_reads_itself(client: IntakeClient) -> None:
    case = client.received()
    family = client.family(case)
    itself = client.signed_in()
    (shown,) = client.get(itself, "/own-cases").json["items"]
    known = client.get(itself, f"/families/{family}/export").json["family"]
    assert shown["family_version"] == known["version"]
    assert (shown["region"], shown["district_id"]) == ("ZR", "D01")

    path = f"/families/{family}/corrections"
    moved = client.post(itself, path, {"district_id": "D02"}, if_match=shown["family_version"])
    stale = client.post(itself, path, {"motivated": True}, if_match=shown["family_version"])

    assert (moved.status, stale.status) == (200, 412)
    (shown,) = client.get(itself, "/own-cases").json["items"]
    assert (shown["district_id"], shown["family_version"]) == ("D02", moved.json["version"])


def test_what_is_sensitive_is_replaced_whole_also_where_a_merged_record_says_it(
    client: IntakeClient,
) -> None:
    said = {"groups_sensitive": ["parental_dependency"]}
    case = client.in_review(family=said)
    family = client.family(case)

    def merge(number: int, programme: str) -> None:
        phone = {"name": "Анна", "channel": "sms", "phone": f"+7916000000{number}"}
        other = client.asked(family=said, contact=phone, programme=programme)
        client.do(HQ, f"/cases/{other['case_id']}/withdraw", {"evidence": "written"})
        same = {"family_id": other["family_id"], "reason": "same_people"}
        client.do(HQ, f"/families/{family}/merge", same)

    def shown() -> list[str]:
        found: list[str] = client.get(HQ, f"/families/{family}").json["groups_sensitive"]
        return found

    merge(1, "family_care")
    assert shown() == ["parental_dependency"]
    assert correct(client, family, groups_sensitive=[], **WRONG).status == 200
    assert shown() == []
    merge(2, "family_care")
    assert shown() == ["parental_dependency"]


def test_who_may_not_correct_and_who_may_not_say_what_is_sensitive(client: IntakeClient) -> None:
    family = client.asked()["family_id"]
    for who in (HQ_Y, OFFICE_D05, REP, OPERATOR, MANAGER):
        assert correct(client, family, who, motivated=True, **WRONG).status == 404
    refused = correct(client, family, HQ_2, groups_sensitive=["parental_dependency"], **WRONG)
    assert (refused.status, refused.code) == (403, "groups_are_of_the_team")


def test_a_family_that_moved_takes_its_open_cases_along(client: IntakeClient) -> None:
    case = client.waiting()
    family = client.family(case)
    wrong = correct(client, family, district_id="D99", **WRONG)
    assert (wrong.status, wrong.code) == (422, "unknown_district")

    correct(client, family, district_id="D07", reason="changed_since")
    client.world.settle()

    moved = client.view(case)
    assert (moved["district_id"], moved["needs_check"]) == ("D07", False)
    assert client.get(HQ, f"/families/{family}").json["district_id"] == "D07"
    (event,) = client.published("CareDetailsChanged")
    assert (event["case_id"], event["district_id"]) == (case, "D07")
    members = [{"relation": "child"}] * 4 + [{"relation": "other"}]
    correct(client, family, district_id="D07", members=members, **WRONG)
    client.world.settle()
    event = client.published("CareDetailsChanged")[-1]
    assert (event["district_id"], event["size_band"]) == ("D07", "five_and_more")
    assert client.view(case)["needs_check"]
    assert client.get(HQ, f"/cases/{case}/history").json["items"][-1]["what"] == "family_corrected"
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    correct(client, family, district_id="D08", reason="changed_since")
    client.world.settle()
    assert client.view(case)["district_id"] == "D07"
    assert len(client.published("CareDetailsChanged")) == 2


def test_language_and_way_are_those_of_the_contact(client: IntakeClient) -> None:
    case = client.in_review()
    family = client.family(case)
    more = request()["contact"] | {"phone": "+79160000009"}
    client.asked(contact=more, family_id=family)

    done = correct(client, family, language="en", preferred_channel="phone_task", **WRONG)
    assert done.status == 200, done.text

    view = client.get(HQ, f"/families/{family}").json
    assert (view["language"], view["preferred_channel"]) == ("en", "phone_task")
    reached = client.get(HQ, f"/cases/{case}/contact").json["contact"]
    assert (reached["language"], reached["channel"], reached["phone"]) == (
        "en", "phone_task", PHONE,
    )  # fmt: skip
    nowhere = correct(client, family, preferred_channel="email", **WRONG)
    assert (nowhere.status, nowhere.code) == (422, "contact_has_no_such_way")
    mail = {"name": "Ирина", "channel": "email", "address": "irina@example.ru"}
    written = client.asked(contact=mail)["family_id"]
    robot = correct(client, written, preferred_channel="bot", **WRONG)
    assert (robot.status, robot.code) == (422, "contact_has_no_such_way")
    assert correct(client, written, language="en", **WRONG).status == 200
    unnamed = client.asked(contact=None, confidentiality="anonymous", consents={})["family_id"]
    without = correct(client, unnamed, language="en", **WRONG)
    assert (without.status, without.code) == (409, "family_has_no_contact")
    merged = {"family_id": written, "reason": "same_people"}
    case = client.get(HQ, f"/families/{written}").json["open_cases"][0]["case_id"]
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    client.do(HQ, f"/families/{unnamed}/merge", merged)
    of_part = correct(client, unnamed, language="en", **WRONG)
    assert (of_part.status, of_part.code) == (409, "contact_of_merged_record")
    with client.world.service("intake"):
        contact, other = Families.connect().get(family).contacts
    assert (contact.proof, other.language) == ("spoken", "ru")


def test_guardians_are_judged_by_codes_of_the_family_as_it_is_now(client: IntakeClient) -> None:
    told = {"home_conditions": ["no_lift"], "preferred_time": "morning", "kind": "service_member"}
    case = client.waiting(family=told | {"members": [{"relation": "grandmother"}]})
    (event,) = client.published("CareRequired")
    known = ("urgent", "language", "preferred_time", "traits", "home_conditions")
    assert [event[name] for name in known] == [False, "ru", "morning", ["elderly"], ["no_lift"]]
    family = client.family(case)

    mended = {"language": "en", "groups": ["large", "child_under_3"], "preferred_time": "evening"}
    correct(client, family, home_conditions=[], reason="changed_since", **mended)
    client.world.settle()
    (event,) = client.published("CareDetailsChanged")
    traits = ["elderly", "large_family", "small_children"]
    assert [event[name] for name in known] == [False, "en", "evening", traits, []]
    view = client.get(HQ, f"/families/{family}").json
    assert (view["home_conditions"], view["preferred_time"]) == ([], "evening")

    edited = {"change": [{"need_id": client.needs(case)[0], "urgency": "urgent"}]}
    client.do(HQ, f"/cases/{case}/needs", edited)
    assert client.published("CareDetailsChanged")[-1]["urgent"] is True
    client.asked(family=told | {"home_conditions": ["animals_at_home"]})
    client.world.settle()
    event = client.published("CareDetailsChanged")[-1]
    assert (event["urgent"], event["home_conditions"]) == (True, ["animals_at_home"])


@pytest.mark.requirement("S2-11")
def test_motivated_and_resource_family_are_marked_each_by_itself(client: IntakeClient) -> None:
    family = client.of_family(client.received())

    def marks(**said: bool) -> tuple[bool, bool]:
        seen = client.get(HQ, family).json
        version = {"if_match": f'"{seen["version"]}"'}
        client.do(HQ, f"{family}/corrections", {"reason": "learnt_later"} | said, **version)
        seen = client.get(HQ, family).json
        return seen["motivated"], seen["resource_family"]

    assert marks(motivated=True) == (True, False)
    assert marks(resource_family=True) == (True, True)
    assert marks(motivated=False) == (False, True)
    assert marks(resource_family=False) == (False, False)


def test_matching_hears_of_the_language_of_another_contact(client: IntakeClient) -> None:
    asked = client.asked()
    case = asked["case_id"]
    client.do(HQ, f"/cases/{case}/take")
    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    marker = {"long_term_need": True, "reason": "illness"}
    client.do(HQ, f"/cases/{case}/care-requirement", marker)
    right = request()["contact"] | {"language": "en"}

    client.do(OPERATOR, f"/requests/{asked['id']}/mend", {"contact": right})
    other = {"phone": "+79160000009", "language": "ru"}
    replaced = {"contact": right | other, "evidence": "written"}
    client.do(HQ, f"/families/{asked['family_id']}/contact", replaced)
    same = {"contact": right | other | {"name": "Аня"}, "evidence": "written"}
    client.do(HQ, f"/families/{asked['family_id']}/contact", same)

    told = client.published("CareDetailsChanged")
    assert [each["language"] for each in told] == ["en", "ru"]


@pytest.mark.parametrize(
    ("reason", "sees"), [("written_down_wrong", "D05"), ("learnt_later", "D01")]
)
@pytest.mark.parametrize("known", [False, True], ids=["first call", "later call"])
def test_a_district_that_was_mistyped_takes_the_consent_to_its_office_along(
    client: IntakeClient, reason: str, sees: str, known: bool
) -> None:
    """A family that is to be shown to its own office never meant that of another district."""
    if known:
        client.asked()
        client.wait(1)
    family = client.asked(confidentiality="shareable")["family_id"]

    assert correct(client, family, district_id="D05", reason=reason).status == 200

    offices = {each: staff("DO", "district_office", districts=(each,)) for each in ("D01", "D05")}
    seen = {
        each: [
            row["id"] for row in client.get(who, "/shared-families", district_id=each).json["items"]
        ]
        for each, who in offices.items()
    }
    assert seen == {each: [family] if each == sees else [] for each in offices}
    back = {"district_id": "D01", "reason": reason}
    correct(client, family, **back)
    assert [
        row["id"]
        for row in client.get(offices["D01"], "/shared-families", district_id="D01").json["items"]
    ] == [family]


def test_an_office_that_the_family_named_itself_stays_when_its_district_was_mistyped(
    client: IntakeClient,
) -> None:
    family = client.asked()["family_id"]
    wish = {"purpose": "share_with_office", "recipient": "D01", "given": True}
    client.do(HQ, f"/families/{family}/consents", wish | {"evidence": "written"})

    assert correct(client, family, district_id="D05", **WRONG).status == 200

    consents = client.get(HQ, f"/families/{family}").json["consents"]
    assert [each["recipient"] for each in consents if each["recipient"]] == ["D01"]


def test_of_a_family_without_a_contact_facts_are_corrected_and_no_way_to_reach_it(
    client: IntakeClient,
) -> None:
    asked = client.asked(contact=None, confidentiality="confidential")
    family, members = asked["family_id"], [{"relation": "child", "born": "2020-03"}]

    assert correct(client, family, members=members, **WRONG).status == 200

    refused = correct(client, family, language="ru", **WRONG)
    assert (refused.status, refused.code) == (409, "family_has_no_contact")


def test_who_has_a_landline_is_not_written_to_there(client: IntakeClient) -> None:
    called = {"name": "Анна", "channel": "phone_task", "phone": "+74951234567"}
    family = client.asked(contact=called)["family_id"]

    refused = correct(client, family, preferred_channel="sms", **WRONG)

    assert (refused.status, refused.code) == (422, "contact_has_no_such_way")
