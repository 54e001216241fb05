"""One view of a family: its six blocks and what joins it, for headquarters and its team."""

from typing import Any

import pytest

from shared.events.plans import PlanItemChanged
from tests.intake.api_client import (
    HQ,
    HQ_Y,
    OFFICE_D05,
    OPERATOR,
    REP,
    IntakeClient,
    staff,
)
from tests.intake.families.test_api import MANAGER, SPECIALIST, card, held
from tests.intake.merges.builders import merge, two

PHONE_OF_ANOTHER = {"name": "Вера", "channel": "sms", "phone": "+79160000009"}


def planned(client: IntakeClient, item: str, family: str, provider: str, status: str) -> None:
    """A measure of a family's plan has come further, a second later."""
    client.wait(1 / 86400)
    plan = {"region": "ZR", "plan_id": "pln_1", "measure": "repair_work"}
    facts = {"item_id": item, "family_id": family, "provider_id": provider, "status": status}
    client.hear(PlanItemChanged.model_validate(plan | facts))


@pytest.mark.requirement("S2-28")
def test_headquarters_and_the_team_see_the_family_as_a_whole(client: IntakeClient) -> None:
    case = client.in_care(family={"members": [{"relation": "parent"}]})
    family = client.family(case)
    aid = {"category": "food_aid", "persons": 2, "legal_basis": "programme"}
    client.do(HQ, f"/cases/{case}/aids", aid)
    second = client.asked(programme="family_care")
    client.do(MANAGER, f"/cases/{second['case_id']}/take")
    held(client, "con_1", family)
    client.do(HQ, f"/families/{family}/card-holders", {"holder_ref": "A-17"})
    client.hear(card("A-17"))
    for item, by, status in (
        ("itm_1", "prv_1", "planned"),
        ("itm_2", "prv_2", "planned"),
        ("itm_1", "prv_1", "accepted"),
    ):
        planned(client, item, family, by, status)
    planned(client, "itm_3", "fam_01ARZ3NDEKTSV4RRFFQ69G5FAV", "prv_1", "planned")

    seen = client.get(MANAGER, f"/families/{family}/overview").json

    by_hq = client.get(HQ, f"/families/{family}/overview").json
    # Of the case that she took she may settle the needs with the family.
    assert [each.pop("next_steps") for each in seen["cases"]] == [[], ["clarify_needs"]]
    assert [each.pop("next_steps") for each in by_hq["cases"]] == [
        client.view(each)["next_steps"] for each in (case, second["case_id"])
    ]
    assert seen == by_hq
    assert [each["relation"] for each in seen["members"]] == ["parent", "child"]
    assert {each["case_id"] for each in seen["needs"]} == {case, second["case_id"]}
    assert [each["id"] for each in seen["requests"]][-1] == second["id"]
    assert [each["id"] for each in seen["cases"]] == [case, second["case_id"]]
    assert [(each["category"], each["case_id"]) for each in seen["aids"]] == [("food_aid", case)]
    assert [(each["ref"], each["status"]) for each in seen["measures"]] == [
        ("itm_1", "accepted"),
        ("itm_2", "planned"),
    ]
    provider = staff("PR-1", "provider_rep", org="prv_1")
    own = client.get(provider, "/own-measures").json["items"]
    assert [(each["ref"], each["status"]) for each in own] == [
        ("itm_1", "accepted"),
        ("itm_1", "planned"),
    ]
    assert client.get(HQ, "/own-measures").status == 403
    assert [each["match_id"] for each in seen["matches"]] == ["mat_1"]
    assert seen["card_holders"] == ["A-17"]
    assert [each["ref"] for each in seen["consultations"]] == ["con_1"]
    assert [each["kind"] for each in seen["cards"]] == ["card"]
    assert all(each["free"] for each in seen["aids"])
    for stranger in (HQ_Y, OPERATOR, REP, OFFICE_D05, SPECIALIST, provider):
        assert client.get(stranger, f"/families/{family}/overview").status == 404


def test_the_whole_view_has_what_each_record_has_and_the_matches_that_are_over(
    client: IntakeClient,
) -> None:
    first, second = two(client)
    client.do(HQ, f"/families/{second['family_id']}/card-holders", {"holder_ref": "A-17"})
    merge(client, first, second)
    case = client.in_care(contact=PHONE_OF_ANOTHER)
    client.hear(client.ended(case, "conflict"))
    proposed = client.proposed(case, "mat_2")
    client.hear(proposed)

    assert overview(client, first["family_id"])["card_holders"] == ["A-17"]
    assert overview(client, client.family(case))["matches"] == [
        {"match_id": "mat_1", "case_id": case, "guardian_id": None},
        {"match_id": "mat_2", "case_id": case, "guardian_id": proposed.guardian_id},
    ]


def overview(client: IntakeClient, family: str) -> Any:
    """The whole view of a family."""
    return client.get(HQ, f"/families/{family}/overview").json
