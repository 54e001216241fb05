"""One view of a family: its six blocks and what joins it, for headquarters and its team."""

from tests.intake.api_client import (
    HQ,
    HQ_Y,
    OFFICE_D05,
    OPERATOR,
    REP,
    IntakeClient,
    staff,
)
from tests.intake.families.test_api import MANAGER, SPECIALIST, held


def test_headquarters_and_the_team_see_the_family_as_a_whole(client: IntakeClient) -> None:
    case = client.in_care(family={"members": [{"relation": "parent"}]})
    family = client.family(case)
    aid = {"category": "food_aid", "persons": 2, "legal_basis": "programme"}
    client.do(HQ, f"/cases/{case}/aids", aid)
    second = client.asked(programme="family_care")
    client.do(MANAGER, f"/cases/{second['case_id']}/take")
    held(client, "con_1", family)
    client.do(HQ, f"/families/{family}/card-holders", {"holder_ref": "A-17"})

    seen = client.get(MANAGER, f"/families/{family}/overview").json

    assert seen == client.get(HQ, f"/families/{family}/overview").json
    assert [each["relation"] for each in seen["members"]] == ["parent"]
    assert {each["case_id"] for each in seen["needs"]} == {case, second["case_id"]}
    assert [each["id"] for each in seen["requests"]][-1] == second["id"]
    assert [each["id"] for each in seen["cases"]] == [case, second["case_id"]]
    assert [(each["category"], each["case_id"]) for each in seen["aids"]] == [("food_aid", case)]
    assert seen["measures"] == []
    assert [each["match_id"] for each in seen["matches"]] == ["mat_1"]
    assert seen["card_holders"] == ["A-17"]
    assert [each["ref"] for each in seen["consultations"]] == ["con_1"]
    for stranger in (HQ_Y, OPERATOR, REP, OFFICE_D05, SPECIALIST, staff("PR-1", "provider_rep")):
        assert client.get(stranger, f"/families/{family}/overview").status == 404
