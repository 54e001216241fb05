"""An aid that was recorded by mistake is put right, or taken out: figures and history follow."""

from typing import Any

import pytest

from tests.intake.api_client import HQ, HQ_Y, IntakeClient, staff
from tests.intake.rights.builders import bot_for
from tests.support.world import at

AID: dict[str, Any] = {"category": "food_aid", "persons": 4, "legal_basis": "programme"}
RIGHT = AID | {"persons": 2, "legal_basis": "law_442fz", "reason": "written_down_wrong"}
TWICE = {"reason": "recorded_twice"}


def helped(client: IntakeClient, **more: Any) -> str:
    """A case in which help was decided once."""
    case = client.in_review(**more)
    client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})
    return case


def record(client: IntakeClient, case: str, **more: Any) -> str:
    """The path of a new aid."""
    client.do(HQ, f"/cases/{case}/aids", AID | {"last": True, "again": True} | more)
    return f"/cases/{case}/aids/{client.view(case)['aids'][-1]['aid_id']}"


def by_basis(client: IntakeClient, year: str = "2026") -> dict[str, int]:
    client.world.settle()
    found = client.get(HQ, "/figures", year=year).json["programmes"]
    return {code: n for one in found for code, n in one["aids_by_basis"].items()}


def kinds(client: IntakeClient, case: str) -> list[str]:
    path = f"/families/{client.family(case)}/timeline"
    return [entry["kind"] for entry in client.get(HQ, path).json["items"]]


def test_what_was_written_down_wrong_about_an_aid_is_put_right_after_its_case_was_closed(
    client: IntakeClient,
) -> None:
    case = helped(client)
    aid = record(client, case)
    assert by_basis(client) == {"programme": 1}

    client.do(HQ, f"{aid}/correct", RIGHT)

    (shown,) = client.view(case)["aids"]
    assert (shown["persons"], shown["legal_basis"]) == (2, "law_442fz")
    assert client.view(case)["status"] == "closed"
    assert by_basis(client) == {"law_442fz": 1}
    last = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
    assert (last["what"], last["reason"], last["ref"]) == (
        "aid_corrected", "written_down_wrong", shown["aid_id"],
    )  # fmt: skip
    client.do(HQ, f"{aid}/correct", RIGHT)  # it says so already
    assert len(client.published("AidCorrected")) == 1


def test_help_that_no_organisation_gave_after_all_is_put_right(client: IntakeClient) -> None:
    case = helped(client)
    who = {"region": "ZR", "name": "П", "sector": "ngo", "services": ["food_aid"]}
    provider = client.do(HQ, "/providers", who)["id"]
    aid = record(client, case, provider_id=provider)
    client.do(HQ, f"/providers/{provider}/retire")
    more = RIGHT | {"provider_id": provider}
    client.do(HQ, f"{aid}/correct", more)  # what it gave before it retired stays its own
    assert client.view(case)["aids"][0]["provider"] == provider
    unknown = client.post(HQ, f"{aid}/correct", more | {"provider_id": f"prv_{'0' * 26}"})
    assert (unknown.status, unknown.json["errors"][0]["code"]) == (422, "unknown_provider")

    client.do(HQ, f"{aid}/correct", RIGHT)

    assert client.view(case)["aids"][0]["provider"] is None


def test_who_gives_a_part_of_the_help_is_asked_whether_it_was_the_last(
    client: IntakeClient,
) -> None:
    case = helped(client, needs=[{"category": "food_aid"}, {"category": "repair_work"}])

    asked = client.post(HQ, f"/cases/{case}/aids", AID)

    (error,) = asked.json["errors"]
    assert (asked.status, error["code"], error["pointer"]) == (422, "last_aid_unsaid", "/last")
    assert "ремонт" in error["detail"].lower() and "repair_work" not in error["detail"]
    assert client.view(case)["status"] == "one_time_help" and client.view(case)["aids"] == []
    assert client.do(HQ, f"/cases/{case}/aids", AID | {"last": False})["status"] == "one_time_help"
    repair = AID | {"category": "repair_work"}
    assert client.do(HQ, f"/cases/{case}/aids", repair)["status"] == "closed"


def test_who_records_what_was_recorded_today_already_is_told_so(client: IntakeClient) -> None:
    case = helped(client)
    who = {"region": "ZR", "name": "П", "sector": "ngo", "services": ["food_aid"]}
    provider = client.do(HQ, "/providers", who)["id"]
    client.world.set_time(at("2026-11-02 23:30"))
    record(client, case, last=False)
    aid = AID | {"last": False, "persons": 2}
    client.do(HQ, f"/cases/{case}/aids", aid | {"provider_id": provider})

    known = client.post(HQ, f"/cases/{case}/aids", aid)

    (error,) = known.json["errors"]
    assert (known.status, error["code"], error["pointer"]) == (422, "aid_recorded_today", "/again")
    assert "HQ-1" in error["detail"] and "продукт" in error["detail"].lower()
    client.do(HQ, f"/cases/{case}/aids", aid | {"again": True})
    client.do(HQ, f"/cases/{case}/aids", aid | {"category": "material_aid"})
    client.do(HQ, f"/cases/{case}/aids", aid | {"legal_basis": "law_442fz"})
    client.world.set_time(at("2026-11-03 00:30"))
    client.do(HQ, f"/cases/{case}/aids", AID | {"last": True})
    assert len(client.view(case)["aids"]) == 6
    # Nothing can be given again in a case that is closed.
    assert client.post(HQ, f"/cases/{case}/aids", AID).code == "step_not_allowed"


def test_an_aid_that_was_recorded_twice_is_taken_out(client: IntakeClient) -> None:
    case = helped(client)
    first = record(client, case, last=False)
    record(client, case)
    assert by_basis(client) == {"programme": 2}

    client.do(HQ, f"{first}/withdraw", TWICE)

    assert len(client.view(case)["aids"]) == 1
    assert by_basis(client) == {"programme": 1}
    assert kinds(client, case).count("aid_withdrawn") == 1
    gone = client.post(HQ, f"{first}/withdraw", TWICE)
    assert (gone.status, gone.code) == (404, "not_found")


def test_a_case_that_a_mistaken_aid_has_closed_is_reopened_first(client: IntakeClient) -> None:
    case = helped(client)
    aid = record(client, case)
    not_given = {"reason": "not_given"}

    refused = client.post(HQ, f"{aid}/withdraw", not_given)
    assert (refused.status, refused.code) == (409, "aid_closed_case")
    assert [step["action"] for step in refused.json["next_steps"]] == ["reopen"]

    client.do(HQ, f"/cases/{case}/reopen", {"reason": "needs_returned", "evidence": "written"})
    client.do(HQ, f"{aid}/withdraw", not_given)
    view = client.view(case)
    assert (view["status"], view["aids"]) == ("in_review", [])
    assert by_basis(client) == {}
    client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})
    record(client, case)
    assert by_basis(client) == {"programme": 1}


def test_a_case_that_cannot_be_reopened_does_not_keep_an_aid_that_was_not_given(
    client: IntakeClient,
) -> None:
    case = helped(client)
    aid = record(client, case)
    client.do(HQ, f"/families/{client.family(case)}/erase", {
        "reason": "person_asked", "evidence": "written",
    })  # fmt: skip

    client.do(HQ, f"{aid}/withdraw", {"reason": "other_family"})

    assert by_basis(client) == {}


def test_a_corrected_aid_counts_in_the_year_in_which_it_was_recorded(client: IntakeClient) -> None:
    case = helped(client)
    client.world.set_time(at("2026-12-31 23:30"))
    aid = record(client, case)
    client.world.set_time(at("2027-01-01 00:30"))

    client.do(HQ, f"{aid}/correct", RIGHT)

    assert (by_basis(client), by_basis(client, "2027")) == ({"law_442fz": 1}, {})


@pytest.mark.parametrize("who", [HQ_Y, staff("OP-1", "hotline_operator")])
def test_only_headquarters_of_the_region_put_an_aid_right(client: IntakeClient, who: Any) -> None:
    case = helped(client)
    aid = record(client, case, last=False)

    assert client.post(who, f"{aid}/correct", RIGHT).status in (403, 404)
    assert client.post(who, f"{aid}/withdraw", TWICE).status in (403, 404)
    # Who took the case may be away when the mistake is found.
    client.do(staff("HQ-9", "regional_hq"), f"{aid}/correct", RIGHT)


def test_a_correction_obeys_the_rules_of_an_aid(client: IntakeClient) -> None:
    case = helped(client, family={"kind": "birth", "groups": []})
    aid = record(client, case, last=False)

    project = {"funding_project": "low_income_families"}
    refused = client.post(HQ, f"{aid}/correct", RIGHT | project)
    assert refused.code == "project_is_for_low_income"
    unknown = {"provider_id": "prv_01ARZ3NDEKTSV4RRFFQ69G5FAV"}
    assert client.post(HQ, f"{aid}/correct", RIGHT | unknown).code == "unknown_provider"
    for reason in ("anything", None):
        assert client.post(HQ, f"{aid}/correct", RIGHT | {"reason": reason}).status == 422
    assert client.view(case)["aids"][0]["persons"] == 4


def test_a_mistaken_aid_leaves_a_family_that_asked_again_to_be_looked_at(
    client: IntakeClient,
) -> None:
    def looks() -> list[bool]:
        return [each["to_review"] for each in client.published("AidCorrected")]

    case = helped(client)
    before = record(client, case, last=False)
    client.do(HQ, f"{before}/withdraw", TWICE)
    assert looks() == [False]  # headquarters has decided since the family asked
    client.received()
    mistaken, second = (record(client, case, last=False) for _ in range(2))
    client.do(HQ, f"{mistaken}/correct", RIGHT)
    client.do(HQ, f"{mistaken}/withdraw", TWICE)
    assert looks() == [False, False, False]  # the other aid was an answer

    client.do(HQ, f"{second}/withdraw", TWICE)
    assert looks()[-1] is True
    third = record(client, case, last=False)
    client.do(HQ, f"/cases/{case}/needs", {"confirm": client.needs(case)})
    client.do(HQ, f"{third}/withdraw", TWICE)
    assert looks()[-1] is False  # what the family needs now was looked at


def test_a_mistaken_aid_that_was_the_first_answer_leaves_the_family_to_be_looked_at(
    client: IntakeClient,
) -> None:
    case = helped(client)
    client.received()
    only = record(client, case, last=False)

    client.do(HQ, f"{only}/withdraw", TWICE)

    assert [each["to_review"] for each in client.published("AidCorrected")] == [True]


def test_a_case_that_is_over_is_looked_at_no_more(client: IntakeClient) -> None:
    case = helped(client)
    client.received()
    aid = record(client, case, last=False)
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})

    client.do(HQ, f"{aid}/withdraw", TWICE)

    assert [each["to_review"] for each in client.published("AidCorrected")] == [False]


def statuses(shown: Any) -> dict[str, str]:
    return {need["category"]: need["status"] for need in shown.json["needs"]}


def test_a_family_sees_what_became_of_each_need_once_its_case_is_closed(
    client: IntakeClient,
) -> None:
    needs = [{"category": code} for code in ("food_aid", "repair_work", "animal_care")]
    case = helped(client, needs=needs)
    pets = client.needs(case)[2]
    drop = {"drop": [{"need_id": pets, "reason": "cannot_be_met"}]}
    client.do(HQ, f"/cases/{case}/needs", drop)
    record(client, case, last=False)
    bot, path = bot_for(client, case), f"/cases/{case}/own"
    assert statuses(bot.get(path)) == {
        "food_aid": "open", "repair_work": "open", "animal_care": "dropped",
    }  # fmt: skip

    record(client, case, persons=2)

    closed = {"food_aid": "met", "repair_work": "ended", "animal_care": "dropped"}
    assert statuses(bot.get(path)) == closed
    own = bot.get(path).json
    assert [need["drop_reason"] for need in own["needs"]] == [None, None, "cannot_be_met"]
    assert (own["closed_reason"], own["closed_at"]) == ("aid_given", client.view(case)["closed_at"])
    assert [(aid["persons"], aid["free"]) for aid in own["aids"]] == [(4, True), (2, True)]
    (exported,) = bot.get(f"/families/{client.family(case)}/export").json["cases"]
    assert {need["category"]: need["status"] for need in exported["asked"]} == closed
    assert [aid["persons"] for aid in exported["aids"]] == [4, 2]
    for page in (f"/cases/{case}", f"/families/{client.family(case)}/overview"):
        assert statuses(client.get(HQ, page)) == closed

    client.do(HQ, f"/cases/{case}/reopen", {"reason": "needs_returned", "evidence": "written"})
    assert statuses(bot.get(path))["repair_work"] == "open"
