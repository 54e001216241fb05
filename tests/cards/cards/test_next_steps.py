"""What a refusal offers a caller is what this caller can do: every step of a card is tried."""

from typing import Any

import pytest

from shared.principal import Principal
from tests.cards.api_client import CONTACT, LEADER, CardsClient, person
from tests.cards.offices import issue
from tests.support.api import Answer

HOTLINE = person("OP-1", "hotline_operator")
STEPS: dict[str, dict[str, Any]] = {
    "renew-code": {}, "block": {"reason": "stolen"}, "unblock": {}, "hand-over-code": {},
    "move": {"district_id": "D03"}, "replace": {"reason": "damaged"},
    "revoke": {"reason": "moved_away"},
}  # fmt: skip
STATES = {"issued": "", "active": "", "blocked": "block", "revoked": "revoke"}


def tried(client: CardsClient, card: dict[str, Any], who: Principal) -> dict[str, Answer]:
    """What each step gives; nothing of it stays."""
    kept, answers = client.world.dynamodb.snapshot(), {}
    for step in ("activate", *STEPS):
        if step == "activate":
            more = {"evidence": "in_person"} if who is LEADER else {}
            answers[step] = client.activate(card, who, contact=CONTACT, **more)
        else:
            answers[step] = client.post(who, f"/v1/cards/{card['id']}/{step}", **STEPS[step])
        client.world.dynamodb.restore(kept)
    return answers


@pytest.mark.parametrize("state", STATES)
def test_a_refused_step_offers_what_the_caller_can_do(client: CardsClient, state: str) -> None:
    card = issue(client, "FP-1", "D02", CONTACT["phone"]).json
    holder = client.signed_in()
    if state != "issued":
        assert client.activate(card, holder).status == 200
    if step := STATES[state]:
        reason = "lost" if step == "block" else "moved_away"
        client.done(LEADER, f"/v1/cards/{card['id']}/{step}", reason=reason)

    looked_at = 0
    for who in (LEADER, holder, HOTLINE):
        answers = tried(client, card, who)
        done = {step.replace("-", "_") for step, each in answers.items() if each.status < 300}
        conflicts = (each for each in answers.values() if each.status == 409)
        for refused in (each for each in conflicts if each.code == f"card_{state}"):
            offered = {step["action"] for step in refused.json["next_steps"]}
            assert offered == done - {"activate" if state == "active" else ""}
            looked_at += 1
    assert looked_at >= 3


def test_an_office_is_offered_nothing_that_leaders_do(client: CardsClient) -> None:
    issue(client, "FP-1", "D02")

    again = issue(client, "FP-1", "D02")

    assert (again.code, again.json["next_steps"]) == ("holder_has_card", [])
    facts = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-1", "placement_current": True}
    (step,) = client.post(LEADER, "/v1/cards", **facts).json["next_steps"]
    assert step["action"] == "replace_card"


def test_who_would_issue_a_second_card_is_offered_what_is_theirs_to_do_with_the_first(
    client: CardsClient,
) -> None:
    """Its holder has moved: her card is the other district's leader's."""
    card = issue(client, "FP-1", "D02").json
    client.done(LEADER, f"/v1/cards/{card['id']}/move", district_id="D05")
    facts = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-1", "placement_current": True}
    former = person("CL-2", "community_leader", districts=("D02",))

    offered = {
        who.id: [step["action"] for step in refused.json["next_steps"]]
        for who in (LEADER, former)
        if (refused := client.post(who, "/v1/cards", **facts)).code == "holder_has_card"
    }

    assert offered == {"CL-0": ["replace_card"], "CL-2": []}
    assert client.post(former, f"/v1/cards/{card['id']}/replace", reason="damaged").status == 404
