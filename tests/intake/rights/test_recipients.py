"""What is let out of a family for a message to it."""

from typing import Any

from shared.messaging.template_variables import declared
from tests.intake.api_client import (
    HQ,
    NAME,
    PHONE,
    IntakeClient,
)
from tests.intake.rights.builders import readings


def ask(
    client: IntakeClient, case: str, template: str = "request_received_family", **more: Any
) -> Any:
    """What notifications asks before it sends."""
    item = {"reference": case, "event_id": "evt_1", "template": template} | more
    (found,) = client.world.call("intake", "resolve_recipients", {"items": [item]})["recipients"]
    return found


def test_a_message_gets_the_contact_and_exactly_its_variables(client: IntakeClient) -> None:
    case = client.received()

    found = ask(client, case)

    assert (found["channel"], found["address"]) == ("sms", PHONE)
    assert found["district_id"] == "D01"
    assert found["variables"] == {"first_name": NAME, "number": client.view(case)["number"]}
    assert ask(client, case, "care_started_family")["variables"] == {"first_name": NAME}
    assert ask(client, case, avoid=["sms"])["channel"] == "phone_task"
    assert len(readings(client, case)) == 3


def test_a_message_names_the_number_of_what_it_is_about(client: IntakeClient) -> None:
    first = client.asked()
    second = client.asked()

    for asked in (first, second):
        assert ask(client, asked["id"])["variables"]["number"] == asked["number"]
        assert ask(client, asked["case_id"])["variables"]["number"] == first["number"]
    assert ask(client, first["family_id"], "care_started_family")["address"] == PHONE
    assert ask(client, first["family_id"])["refused"] == "undeclared_variables"


def test_a_family_has_a_value_for_all_that_any_template_names(client: IntakeClient) -> None:
    case = client.received()

    for template, named in declared("intake").items():
        if template != "sign_in_requested_family":  # a code has a reference of its own
            assert ask(client, case, template)["variables"].keys() == named


def test_whoever_may_not_be_reached_is_refused_with_a_reason(client: IntakeClient) -> None:
    silent = client.received(consents={"processing": True})
    anonymous = client.received(confidentiality="anonymous", contact=None, consents={})
    reached = client.received(contact={"name": NAME, "channel": "sms", "phone": "+79161234568"})
    client.do(
        HQ, f"{client.of_family(reached)}/erase", {"reason": "person_asked", "evidence": "written"}
    )

    assert ask(client, silent)["refused"] == "no_consent"
    assert ask(client, anonymous)["refused"] == "no_channel"
    assert ask(client, reached)["refused"] == "erased"
    assert ask(client, "cas_unknown")["refused"] == "not_found"
    assert ask(client, silent, "unheard_of")["refused"] == "unknown_template"
