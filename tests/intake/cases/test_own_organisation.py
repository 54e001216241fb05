"""Who belongs to an organisation says nothing of what it did, in whichever other role."""

from dataclasses import replace

import pytest

from services.intake.cases.policy import shown_in_list
from shared.principal import Principal
from tests.intake.api_client import GUARDIAN, HQ, IntakeClient, staff
from tests.intake.cases import builders
from tests.intake.cases.test_aids import AID, RIGHT, TWICE

OF_GUARDIAN = replace(HQ, org=GUARDIAN)


def provider(client: IntakeClient) -> str:
    who = {"region": "ZR", "name": "П", "sector": "ngo", "services": ["food_aid"]}
    answer: str = client.do(HQ, "/providers", who)["id"]
    return answer


@pytest.mark.parametrize("role", ["regional_hq", "case_manager"])
def test_help_of_her_own_organisation_is_recorded_by_a_colleague(
    client: IntakeClient, role: str
) -> None:
    own, other = provider(client), provider(client)
    case, taker = client.received(), staff("W-1", role)
    client.do(taker, f"/cases/{case}/take")
    client.do(HQ if role == "case_manager" else taker, f"/cases/{case}/triage", ONE_TIME)
    her = replace(taker, org=own)
    more = AID | {"last": False}

    refused = client.post(her, f"/cases/{case}/aids", more | {"provider_id": own})

    assert (refused.status, refused.code) == (403, "own_provider")
    assert client.view(case)["aids"] == []
    client.do(taker, f"/cases/{case}/aids", more | {"provider_id": own})
    client.do(her, f"/cases/{case}/aids", more | {"provider_id": other})
    client.do(her, f"/cases/{case}/aids", more)
    paths = [f"/cases/{case}/aids/{aid['aid_id']}" for aid in client.view(case)["aids"]]
    answers = [
        client.post(her, f"{paths[0]}/correct", RIGHT),  # no help of her organisation any more
        client.post(her, f"{paths[1]}/correct", RIGHT | {"provider_id": own}),
        client.post(her, f"{paths[0]}/withdraw", TWICE),
    ]
    assert [answer.code for answer in answers] == ["own_provider"] * 3
    client.do(her, f"{paths[1]}/correct", RIGHT)
    client.do(her, f"{paths[2]}/withdraw", TWICE)


def test_nobody_sends_a_family_to_her_own_organisation(client: IntakeClient) -> None:
    own, case = provider(client), client.in_review()
    sent = {"decision": "redirect", "provider_id": own}

    refused = client.post(replace(HQ, org=own), f"/cases/{case}/triage", sent)

    assert (refused.status, refused.code) == (403, "own_provider")
    client.do(HQ, f"/cases/{case}/triage", sent)


def test_what_the_care_of_her_own_organisation_changed_is_recorded_by_a_colleague(
    client: IntakeClient,
) -> None:
    case = client.in_care()
    path, outcome = f"/cases/{case}/outcomes", {"outcome": "partial_stability"}

    def offered(who: Principal) -> list[bool]:
        (listed,) = client.get(who, "/cases").json["items"]
        shown = listed, client.get(who, f"/cases/{case}").json
        return ["record_outcome" in one["next_steps"] for one in shown]

    refused = client.post(OF_GUARDIAN, path, outcome)

    assert (refused.status, refused.code) == (403, "own_guardian")
    assert (offered(OF_GUARDIAN), offered(HQ)) == ([False] * 2, [True] * 2)
    client.do(HQ, path, outcome)


def test_a_list_offers_of_each_care_what_is_for_its_own_guardian() -> None:
    own = builders.in_care()
    assert own.match is not None
    other = own.model_copy(update={"match": own.match.model_copy(update={"guardian_id": "gua_2"})})
    shown = shown_in_list(replace(OF_GUARDIAN, org=own.match.guardian_id))

    offered = ["record_outcome" in shown(case).next_steps for case in (own, other, own)]

    assert offered == [False, True, False]


ONE_TIME = {"decision": "one_time"}
