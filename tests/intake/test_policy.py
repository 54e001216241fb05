"""Who may do what with a request: the whole matrix, and that no list shows more than `view`."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from services.intake.cases.policy import resource
from services.intake.cases.values import Consent
from services.intake.policy import POLICY
from shared.identity.claims import ACT_FOR_FAMILY
from shared.identity.policy import Resource
from shared.principal import Principal
from tests.intake.api_client import (
    BOT,
    GUARDIAN,
    HQ,
    HQ_Y,
    OFFICE_D05,
    OPERATOR,
    REP,
    IntakeClient,
    staff,
)
from tests.intake.cases import builders
from tests.support.policy_matrix import faults, matches_golden, render

ACTIONS = (
    "view",
    "view_contact",
    "view_history",
    "view_own",
    "view_as_office",
    "submit_request",
    "submit_web_request",
    "list_requests",
    "list_own_requests",
    "take_request",
    "clarify_needs",
    "triage_request",
    "require_care",
    "lift_care",
    "record_aid",
    "record_outcome",
    "correct_needs",
    "change_consent",
    "replace_contact",
    "withdraw_request",
    "reopen_request",
    "issue_family_link",
    "export_person",
    "erase_person",
    "register_provider",
    "list_providers",
)

MORE = {"registered_by": "OP-1", "recent": True, "released_to": GUARDIAN, "offices": ("D01",)}
CASE = Resource(
    "Request", "req_1", region="ZR", district="D01", person="req_1", status="in_care", more=MORE
)
HIDDEN = replace(CASE, more=MORE | {"recent": False, "released_to": "", "offices": ()})
ITS_CASE = replace(CASE, more=MORE | {"registered_by": "bot-1"})
PROVIDER = Resource("Provider", "prv_1", region="ZR")
FAMILY = Principal("lnk_1", "link", "family", ("family",), on_behalf_of="req_1")
PUBLIC = Principal("public", "link", "public")
BOT_FOR_FAMILY = replace(BOT, role="family", on_behalf_of="req_2")
OFFICE = replace(OFFICE_D05, districts=("D01",))

SITUATIONS = {
    "regional_hq, own region": (HQ, CASE),
    "regional_hq, another region": (HQ_Y, CASE),
    "hotline_operator, own call of this month": (OPERATOR, CASE),
    "hotline_operator, own old call": (OPERATOR, HIDDEN),
    "hotline_operator, a colleague's call": (staff("OP-2", "hotline_operator"), CASE),
    "hotline_operator, own list": (OPERATOR, replace(CASE, person="OP-1", more={**MORE})),
    "family, own case": (FAMILY, CASE),
    "family, another family": (replace(FAMILY, on_behalf_of="req_2"), CASE),
    "guardian_rep, introduced": (REP, CASE),
    "guardian_rep, not introduced": (REP, HIDDEN),
    "guardian_rep, another guardian": (replace(REP, org="gua_2"), CASE),
    "bot in its own name": (BOT, CASE),
    "bot, what it registered": (BOT, ITS_CASE),
    "bot without the scope": (replace(BOT, scopes=(ACT_FOR_FAMILY,)), ITS_CASE),
    "bot of another region": (replace(BOT, regions=("YY",)), ITS_CASE),
    "bot of every region": (replace(BOT, regions=("*",)), ITS_CASE),
    "bot acting for another family": (BOT_FOR_FAMILY, ITS_CASE),
    "district_office, family allowed it": (OFFICE, CASE),
    "district_office, not allowed": (OFFICE, HIDDEN),
    "district_office, another district": (OFFICE_D05, CASE),
    "federal_hq": (staff("FH-1", "federal_hq", "*"), CASE),
    "community_leader": (staff("CL-0", "community_leader"), CASE),
    "operations": (staff("OPS", "operations", "*"), CASE),
    "public": (PUBLIC, CASE),
    "regional_hq, provider of own region": (HQ, PROVIDER),
    "regional_hq, provider of another region": (HQ_Y, PROVIDER),
    "hotline_operator, provider": (OPERATOR, PROVIDER),
    "guardian_rep, provider": (REP, PROVIDER),
}


@pytest.mark.requirement("X-05", "S4-34")
def test_the_matrix_of_who_may_do_what_is_the_agreed_one() -> None:
    golden = Path(__file__).parent / "golden_policy.txt"

    matches_golden(render(POLICY, ACTIONS, SITUATIONS), golden)


def test_the_policy_is_sound_and_names_only_actions_that_exist() -> None:
    types = {"Request": MORE, "Provider": {}}

    assert faults(POLICY, types, ACTIONS) == ""
    named = set(re.findall(r'Action::"(\w+)"', POLICY.text))
    assert named <= set(ACTIONS)


def test_every_action_is_asked_for_by_some_use_case() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for path in Path("services/intake").rglob("*.py")
    )

    assert [action for action in ACTIONS if f'"{action}"' not in code] == []


@pytest.mark.parametrize("status", builders.IN_STATUS)
def test_the_contact_is_released_only_to_the_introduced_guardian(status: str) -> None:
    case = builders.IN_STATUS[status]()  # type: ignore[index]
    released = resource(case).more["released_to"]

    assert released == (builders.GUARDIAN if status == "in_care" else "")


def test_only_a_consent_that_holds_opens_a_request_to_an_office() -> None:
    given = builders.consent_to_office("D05")
    case = builders.received(consents=(given, builders.consent_to_office("D06", withdrawn=True)))

    assert isinstance(given, Consent)
    assert resource(case).more["offices"] == ("D05",)


@pytest.mark.requirement("X-05")
def test_each_row_of_a_list_may_also_be_viewed(client: IntakeClient) -> None:
    for number in range(8):
        operator = staff(f"OP-{number % 3}", "hotline_operator", ("ZR", "YY")[number % 2])
        body = {"region": ("ZR", "YY")[number % 2], "district_id": "D01"}
        phone = {"name": "А", "channel": "sms", "phone": f"+7916123450{number}"}
        client.do(operator, "/requests", {**office_request(), **body, "contact": phone})
        if number % 3 == 0:
            row = client.get(operator, "/own-requests").json["items"][0]
            client.do((HQ, HQ_Y)[number % 2], f"/requests/{row['id']}/take")

    for reader, path in (
        (HQ, "/requests"),
        (HQ_Y, "/requests"),
        (staff("OP-0", "hotline_operator"), "/own-requests"),
        (staff("OP-1", "hotline_operator", "YY"), "/own-requests"),
    ):
        for status in (
            ({"status": "received"}, {"status": "in_review"}) if "own" not in path else ({},)
        ):
            for row in client.get(reader, path, **status).json["items"]:
                assert client.get(reader, f"/requests/{row['id']}").status == 200


def office_request() -> dict[str, object]:
    """A call without anything special."""
    return {"applicant_relation": "parent", "consents": {"processing": True}}
