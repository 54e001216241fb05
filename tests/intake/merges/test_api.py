"""Two records of one family: merged by headquarters, and read as one."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.intake.families.repository import Families
from shared import clock
from shared.errors import IllegalStep
from shared.privacy.vault import Vault
from tests.intake.api_client import (
    BOT,
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
from tests.intake.merges.builders import (
    CARE,
    EVIDENCE,
    SECOND,
    THIRD,
    merge,
    two,
    undo,
    view,
)
from tests.support.world import at

FOURTH = {"name": "Анна", "channel": "sms", "phone": "+79160000004"}


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
    assert (again["family_id"], again["case_id"]) == (second["family_id"], second["case_id"])
    for named in (first, second):
        bot = {"Ryadom-On-Behalf-Of": named["family_id"]}
        export = client.api(BOT).call("GET", f"/families/{first['family_id']}/export", headers=bot)
        assert {each["id"] for each in export.json["cases"]} == {
            first["case_id"], second["case_id"],
        }  # fmt: skip
        assert len(export.json["contacts"]) == 2
        assert len(export.json["requests"]) == 3
    read = Counter(
        each["record"] for each in export.json["access_log"] if each["purpose"] == "export"
    )
    assert len(read) >= 5
    assert set(read.values()) == {2}  # once in each export, though it has two records
    assert [each["groups"] for each in client.published("FamilyCorrected")] == [["low_income"]]
    (event,) = client.published("FamiliesMerged")
    assert event == {
        "region": "ZR", "programme": None, "family_id": first["family_id"],
        "merged_family_id": second["family_id"], "reason": "same_people",
    }  # fmt: skip
    assert merge(client, first, second).json["version"] == view(client, first)["version"]
    assert len(client.published("FamiliesMerged")) == 1


def test_a_timeline_goes_on_when_records_are_merged_or_told_apart_between_its_pages(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    client.do(HQ, f"/cases/{first['case_id']}/take")
    client.do(HQ, f"/cases/{first['case_id']}/triage", {"decision": "one_time"})
    path = f"/families/{first['family_id']}/timeline"
    own = client.get(HQ, path).json["items"]
    begun = client.get(HQ, path, limit=1).json

    merge(client, first, second)
    whole = client.get(HQ, path, limit=1, cursor=begun["next_cursor"])
    assert whole.status == 200, whole.text
    undo(client, first, second)
    rest = client.get(HQ, path, cursor=whole.json["next_cursor"])

    assert [rest.status, rest.json["next_cursor"]] == [200, None]
    assert rest.json["items"][-1] == own[-1]


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


def test_what_cannot_be_merged_says_what_to_do_instead(client: IntakeClient) -> None:
    first, second = client.asked(), client.asked(contact=SECOND)

    open_cases = merge(client, first, second)
    assert (open_cases.status, open_cases.code) == (409, "families_have_open_cases")
    # What may be done with either is said by its own file: it may be a colleague's, or untaken.
    assert open_cases.json["next_steps"] == []
    itself = merge(client, first, first)
    assert (itself.status, itself.code) == (422, "family_with_itself")
    assert merge(client, first, second, HQ_Y).status == 404
    assert merge(client, first, second, OPERATOR).status == 404
    both = staff("HQ-B", "regional_hq")
    both = replace(both, regions=("ZR", "YY"))
    there = client.do(HQ_Y, "/requests", request(region="YY", **CARE))
    abroad = merge(client, first, there, both)
    assert (abroad.status, abroad.code) == (422, "family_of_another_region")
    for refused in (itself, abroad):
        assert [each["pointer"] for each in refused.json["errors"]] == ["/family_id"]
    for one, other in ((first, there), (there, first)):
        assert merge(client, one, other).status == 404
        path, named = f"/families/{one['family_id']}/different", {"family_id": other["family_id"]}
        assert client.post(HQ, path, named).status == 404
    client.do(HQ, f"/cases/{second['case_id']}/take")
    declined = {"decision": "decline", "reason": "duplicate"}
    client.do(HQ, f"/cases/{second['case_id']}/triage", declined)
    assert merge(client, first, second).status == 200
    third = client.asked(contact=THIRD, **CARE)
    nested = merge(client, third, first)
    assert (nested.status, nested.code) == (409, "family_has_merged_records")
    assert [each["action"] for each in nested.json["next_steps"]] == ["merge"]
    assert merge(client, first, third).status == 200


def test_two_records_with_merged_ones_are_merged_one_by_one(client: IntakeClient) -> None:
    question: Any = {"purpose": "information", "needs": []}
    phones = (request()["contact"], SECOND, THIRD, dict(THIRD) | {"phone": "+79160000008"})
    first, second, third, fourth = (client.asked(contact=one, **question) for one in phones)
    assert merge(client, first, second).status == merge(client, third, fourth).status == 200

    nested = merge(client, first, third)

    assert (nested.status, nested.code) == (409, "families_have_merged_records")
    assert [each["action"] for each in nested.json["next_steps"]] == ["separate"]
    assert undo(client, third, fourth).status == 200
    assert [merge(client, first, each).status for each in (third, fourth)] == [200, 200]


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
    client.get(HQ, f"/cases/{second['case_id']}/contact")
    merge(client, first, second)

    wish = {"reason": "person_asked"} | EVIDENCE
    erased_now = client.post(HQ, f"/families/{second['family_id']}/erase", wish)
    assert erased_now.status == 200
    rings = {"phone": SECOND["phone"]}
    assert not client.post(OPERATOR, "/callers/search", rings, key=None).json["known"]
    client.world.settle()

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
    log = client.get(HQ, f"/families/{second['family_id']}/access-log").json["items"]
    assert {each["purpose"] for each in log} == {"help_family", "show_access_log"}
    late = undo(client, first, second)
    assert (late.status, late.code) == (409, "person_was_erased")
    another = client.asked(contact=SECOND)["family_id"]
    assert another not in erased
    client.do(HQ, f"/families/{another}/card-holders", {"holder_ref": "A-1"})  # free again


def test_a_call_is_added_to_the_case_that_the_merged_record_has(client: IntakeClient) -> None:
    first = client.asked()
    second = client.asked(contact=SECOND, **CARE)
    asked = client.post(OPERATOR, "/requests", request(contact=SECOND, **CARE))
    assert merge(client, first, second).status == 200

    assert client.get(HQ, f"/requests/{asked.json['id']}").json["case_id"] == second["case_id"]
    assert asked.json["id"] in client.view(second["case_id"])["requests"]


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
    told = client.published("FamilySignedOut")
    assert {(each["family_id"], each["record_id"]) for each in told} == {
        (first["family_id"], None),
        (first["family_id"], second["family_id"]),
    }


@pytest.mark.parametrize("speaks", ["first", "second"])
def test_a_stolen_phone_of_one_record_opens_nothing_by_a_merge(
    client: IntakeClient, speaks: str
) -> None:
    first, second = two(client)
    stolen, own = client.sign_in(SECOND["phone"]), client.sign_in(PHONE)
    moved = {"contact": THIRD, "stolen": True} | EVIDENCE
    client.do(HQ, f"/families/{second['family_id']}/contact", moved)

    merge(client, *((first, second) if speaks == "first" else (second, first)))

    assert len(client.published("FamilySignedOut")) == 1, "the merge itself signs out no one"
    status = {"first": 200, "second": 401}[speaks]  # the family that speaks was signed out
    for tokens, expected in ((stolen, 401), (own, status)):
        refresh = {"refresh_token": tokens["refresh_token"]}
        assert client.post(None, "/tokens/refresh", refresh).status == expected


def test_who_signed_in_as_a_family_that_it_is_not_is_signed_out_of_it(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two(client)
    merge(client, first, second)
    tokens = client.sign_in(SECOND["phone"])
    earlier = clock.wall() - timedelta(seconds=5)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "wall", lambda: earlier)
        links = [client.link(each["case_id"]) for each in (first, second)]
    me = client.recognise(tokens["access_token"])
    assert client.get(me, f"/cases/{first['case_id']}/own").status == 200

    undo(client, first, second)

    refresh = {"refresh_token": tokens["refresh_token"]}
    assert client.post(None, "/tokens/refresh", refresh).status == 401
    told = [each["family_id"] for each in client.published("FamilySignedOut")]
    assert told == [first["family_id"], second["family_id"]]
    for link in links:  # that were sent to the contact of the one that spoke for both
        assert client.post(None, "/own-case", {"link": link}).code == "link_expired"
    for phone, asked in ((SECOND["phone"], second), (PHONE, first)):
        me = client.signed_in(phone)
        (case,) = client.get(me, "/own-cases").json["items"]
        assert case["id"] == asked["case_id"]


def test_a_code_proves_the_contact_of_whichever_record_has_it(client: IntakeClient) -> None:
    first, second = two(client)
    merge(client, first, second)

    client.signed_in(SECOND["phone"])

    proofs = [each["proof"] for each in view(client, first)["contacts"]]
    assert proofs == ["spoken", "proven_by_code"]


def test_what_a_record_was_asked_and_shown_is_the_familys_after_its_merge(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    asking = f"/families/{second['family_id']}/person-requests"
    client.do(HQ, asking, {"kind": "export"} | EVIDENCE)

    refused = merge(client, first, second)
    assert (refused.status, refused.code) == (409, "family_waits_for_answer")
    assert [each["action"] for each in refused.json["next_steps"]] == ["answer_person"]
    offered = [{*view(client, each)["next_steps"]} for each in (first, second)]
    assert offered[1] - offered[0] == {"answer_person"}
    assert "separate" not in offered[0]

    client.do(HQ, f"{asking}/export/answer", {"answer": "done"})
    disclosed = {"recipient": "D05", "reason": "child_in_danger"}
    client.do(HQ, f"/families/{second['family_id']}/disclosures", disclosed)
    assert merge(client, first, second).status == 200
    export = client.get(HQ, f"/families/{first['family_id']}/export").json
    assert {*view(client, first)["next_steps"]} - offered[0] == {"separate", "end_disclosure"}
    for shown in (export, view(client, first)):
        assert [each["recipient"] for each in shown["disclosures"]] == ["D05"]
        assert [each["answer"] for each in shown["person_requests"]] == ["done"]
    assert client.get(OFFICE_D05, f"/cases/{first['case_id']}/office-view").status == 200
    again = client.post(HQ, f"/families/{first['family_id']}/disclosures", disclosed)
    assert again.code == "office_sees_already"

    def listed() -> list[str]:
        return [each["id"] for each in client.get(OFFICE_D05, "/shared-families").json["items"]]

    assert listed() == [first["family_id"]]
    with client.world.service("intake"):
        part = Families.connect().record(second["family_id"])
        assert Families.connect().row(part).due_at is None  # the whole one is due instead
    client.wait(14)
    assert listed() == []


def test_a_suggestion_takes_a_family_out_of_no_offices_list(client: IntakeClient) -> None:
    first, second = two(client)
    nameless = client.asked(family={"members": []}, contact=FOURTH)
    office = {"purpose": "share_with_office", "given": True, "recipient": "D05"}
    client.do(HQ, f"/families/{second['family_id']}/consents", office | EVIDENCE)
    assert merge(client, nameless, second).status == 200

    client.asked(contact=FOURTH)  # says of whom it is, and so looks like the first one

    assert view(client, nameless)["alike"][0]["family_id"] == first["family_id"]
    wish = {"reason": "person_asked", "evidence": "written"}
    for forgotten in (False, True):
        if forgotten:
            client.do(HQ, f"/families/{first['family_id']}/erase", wish)
            assert view(client, nameless)["alike"] == []
        seen = client.get(OFFICE_D05, "/shared-families").json["items"]
        assert [each["id"] for each in seen] == [nameless["family_id"]]


def test_a_merged_family_is_forgotten_after_the_last_case_of_all_its_records(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    third = client.asked(contact=FOURTH, purpose="information")
    client.do(HQ, f"/requests/{third['id']}/end", {"reason": "information_given"})
    for part in (second, third):
        assert merge(client, first, part).status == 200
    client.do(HQ, f"/cases/{first['case_id']}/withdraw", {"evidence": "written"})
    client.world.advance(at("2026-10-20 10:00"))
    assert view(client, second)["status"] == "active"

    client.do(HQ, f"/cases/{second['case_id']}/withdraw", {"evidence": "written"})
    client.world.advance(at("2026-12-01 10:00"))

    assert view(client, first)["status"] == "erased"
    with client.world.service("intake"):
        records = Families.connect()
        assert all(records.record(each["family_id"]).erased for each in (first, second, third))
