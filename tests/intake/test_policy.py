"""Who may do what with requests, cases and families, and that no list shows more than `view`."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from services.intake.cases import policy as cases
from services.intake.cases.domain import Case
from services.intake.cases.policy import resource
from services.intake.cases.repository import CaseFile
from services.intake.families import policy as families
from services.intake.families.domain import Family
from services.intake.hand_overs.domain import HandOver
from services.intake.policy import POLICY
from services.intake.requests import policy as requests
from services.intake.requests.domain import Request
from shared.domain import StatefulAggregate
from shared.identity.claims import ACT_FOR_FAMILY
from shared.identity.policy import Attribute, Resource
from shared.principal import Principal
from tests.intake.api_client import (
    ASSISTANT,
    BOT,
    GUARDIAN,
    HQ,
    HQ_2,
    HQ_Y,
    OFFICE_D05,
    OPERATOR,
    REP,
    IntakeClient,
    staff,
)
from tests.intake.cases import builders
from tests.intake.families.builders import consent_to_office, family
from tests.support.policy_matrix import faults, matches_golden, render
from tests.support.policy_types import OF_INTAKE

ACTIONS = (
    "view",
    "view_words",
    "submit_request",
    "submit_web_request",
    "register_ended_request",
    "list_requests",
    "list_own_requests",
    "open_case",
    "end_request",
    "renew_request_code",
    "find_request",
    "read_back",
    "add_to_request",
    "mend_request",
    "disown_request",
    "withdraw_addition",
    "find_caller",
    "file_request",
    "view_filing",
    "list_filings",
    "list_shared_families",
    "leave_note",
    "list_call_backs",
    "claim_call_back",
    "view_phone",
    "record_attempt",
    "list_live_calls",
    "report_broken_call",
    "list_notes",
    "take_note",
    "finish_note",
    "view_file",
    "view_contact",
    "view_history",
    "view_own",
    "view_as_office",
    "list_cases",
    "list_taken_cases",
    "take_case",
    "take_over_case",
    "transfer_caseload",
    "list_transfers",
    "clarify_needs",
    "triage_case",
    "require_care",
    "lift_care",
    "record_aid",
    "correct_aid",
    "record_outcome",
    "correct_needs",
    "withdraw_case",
    "reopen_case",
    "issue_family_link",
    "view_timeline",
    "view_sensitive",
    "join_family",
    "join_card_holder",
    "change_consent",
    "replace_contact",
    "export_person",
    "erase_person",
    "correct_family",
    "list_own_cases",
    "disclose",
    "ask_as_person",
    "answer_person",
    "list_devices",
    "revoke_device",
    "bind_chat",
    "renew_chat",
    "merge_family",
    "view_overview",
    "list_own_consultations",
    "list_own_measures",
    "list_alike_families",
    "register_provider",
    "edit_provider",
    "retire_provider",
    "list_providers",
    "choose_provider",
    "view_figures",
)

REGISTERED: dict[str, Attribute] = {"registered_by": "OP-1", "recent": True}
REQUEST = Resource("Request", "req_1", region="ZR", district="D01", person="fam_1", more=REGISTERED)
OLD_REQUEST = replace(REQUEST, more=REGISTERED | {"recent": False})
BOTS_REQUEST = replace(REQUEST, more=REGISTERED | {"registered_by": "bot-1"})
MORE: dict[str, Attribute] = REGISTERED | {
    "released_to": GUARDIAN,
    "offices": ("D01",),
    "taken_by": "HQ-1",
    "lead": ("HQ-L",),
    "people": ("fam_1",),
}
CASE = Resource(
    "Case", "cas_1", region="ZR", district="D01", person="fam_1", status="in_care", more=MORE
)
HIDDEN = replace(CASE, more=MORE | {"recent": False, "released_to": "", "offices": ()})
OF_FAMILY = {"team": ("HQ-1", "CM-1"), "people": ("fam_1",)}
FAMILY = Resource("Family", "fam_1", region="ZR", person="fam_1", more=OF_FAMILY)
CASELOAD = Resource(
    "CaseloadTransfer",
    "trf_1",
    region="ZR",
    more={"taken_from": "HQ-1", "people": ("HQ-1", "HQ-3"), "lead": ("HQ-L",)},
)
NOTE = Resource("HandOver", "hov_1", region="ZR", status="open")
DEVICE = Resource("Device", "dev_1", person="fam_1", more={"bot": "bot-1"})
CALL_BACK = Resource("CallBack", "cbk_1", region="ZR", more={"claimed_by": "OP-1"})
LIVE_CALLS = Resource("PhoneCall", "cll_1", region="ZR")
PROVIDER = Resource("Provider", "prv_1", region="ZR", org="prv_1")
REGION = Resource("Region", "REGION#ZR", region="ZR")
ITSELF = Principal("lnk_1", "link", "family", ("family",), on_behalf_of="fam_1")
SIGNED_IN = Principal("fam_1", "person", "family", ("family",), audience="intake")
ANOTHER = replace(ITSELF, on_behalf_of="fam_2")
PUBLIC = Principal("public", "link", "public")
BOT_FOR_FAMILY = replace(BOT, role="family", on_behalf_of="fam_2")
ITS_BOT = replace(BOT_FOR_FAMILY, on_behalf_of="fam_1")
OFFICE = replace(OFFICE_D05, districts=("D01",))
MANAGER = staff("CM-1", "case_manager")
SPECIALIST = staff("SP-1", "specialist")
HELD = Resource("Consultation", "PERSON#SP-1", person="SP-1")
MEASURES = Resource("Measure", "ORG#prv_1", org="prv_1")

SITUATIONS = {
    "request: regional_hq, own region": (HQ, REQUEST),
    "request: regional_hq, another region": (HQ_Y, REQUEST),
    "request: hotline_operator, own call of this month": (OPERATOR, REQUEST),
    "request: hotline_operator, own old call": (OPERATOR, OLD_REQUEST),
    "request: hotline_operator, a colleague's call": (staff("OP-2", "hotline_operator"), REQUEST),
    "request: hotline_operator, own list": (OPERATOR, replace(OLD_REQUEST, person="OP-1")),
    "request: family itself": (ITSELF, REQUEST),
    "request: bot in its own name": (BOT, REQUEST),
    "request: bot, what it registered": (BOT, BOTS_REQUEST),
    "request: bot without the scope": (replace(BOT, scopes=(ACT_FOR_FAMILY,)), BOTS_REQUEST),
    "request: bot of another region": (replace(BOT, regions=("YY",)), BOTS_REQUEST),
    "request: bot of every region": (replace(BOT, regions=("*",)), BOTS_REQUEST),
    "request: bot acting for another family": (BOT_FOR_FAMILY, BOTS_REQUEST),
    "request: district_office": (OFFICE, REQUEST),
    "request: public_assistant of the district": (ASSISTANT, REQUEST),
    "request: public_assistant, another district": (
        replace(ASSISTANT, districts=("D05",)),
        REQUEST,
    ),
    "request: public_assistant, own filing": (
        ASSISTANT,
        replace(REQUEST, more=REGISTERED | {"registered_by": "PA-1"}),
    ),
    "request: public_assistant, own list": (ASSISTANT, replace(OLD_REQUEST, person="PA-1")),
    "request: federal_hq": (staff("FH-1", "federal_hq", "*"), REQUEST),
    "request: public": (PUBLIC, REQUEST),
    "case: regional_hq, own region": (HQ, CASE),
    "case: regional_hq, a colleague's": (HQ_2, CASE),
    "case: regional_hq, a colleague's, lead of the region": (staff("HQ-L", "regional_hq"), CASE),
    "case: regional_hq, untaken": (HQ_2, replace(CASE, more=MORE | {"taken_by": ""})),
    "case: regional_hq, in the care of her own organisation": (
        replace(HQ, org=GUARDIAN),
        replace(CASE, org=GUARDIAN),
    ),
    "case: regional_hq, another region": (HQ_Y, CASE),
    "case: hotline_operator, own call of this month": (OPERATOR, CASE),
    "case: hotline_operator, own old call": (OPERATOR, HIDDEN),
    "case: family itself": (ITSELF, CASE),
    "case: family, another family": (ANOTHER, CASE),
    "case: guardian_rep, introduced": (REP, CASE),
    "case: guardian_rep, not introduced": (REP, HIDDEN),
    "case: guardian_rep, another guardian": (replace(REP, org="gua_2"), CASE),
    "case: bot in its own name": (BOT, CASE),
    "case: bot acting for another family": (BOT_FOR_FAMILY, CASE),
    "case: bot acting for the family": (ITS_BOT, CASE),
    "case: family by its token": (SIGNED_IN, CASE),
    "case: another family by its token": (replace(SIGNED_IN, id="fam_2"), CASE),
    "case: district_office, family allowed it": (OFFICE, CASE),
    "case: district_office, not allowed": (OFFICE, HIDDEN),
    "case: district_office, another district": (OFFICE_D05, CASE),
    "case: federal_hq": (staff("FH-1", "federal_hq", "*"), CASE),
    "case: community_leader": (staff("CL-0", "community_leader"), CASE),
    "case: operations": (staff("OPS", "operations", "*"), CASE),
    "case: public": (PUBLIC, CASE),
    "case: case_manager of the region": (MANAGER, CASE),
    "case: case_manager, what she took": (MANAGER, replace(CASE, more=MORE | {"taken_by": "CM-1"})),
    "case: case_manager of another region": (replace(MANAGER, regions=("YY",)), CASE),
    "case: case_manager, own list": (MANAGER, Resource("Case", "PERSON#CM-1", person="CM-1")),
    "caseload: regional_hq, her own or for her": (HQ, CASELOAD),
    "caseload: regional_hq, of colleagues": (HQ_2, CASELOAD),
    "caseload: lead of the region": (staff("HQ-L", "regional_hq"), CASELOAD),
    "caseload: lead of another region": (staff("HQ-L", "regional_hq", "YY"), CASELOAD),
    "caseload: case_manager, her own": (replace(MANAGER, id="HQ-1"), CASELOAD),
    "caseload: case_manager, for her": (replace(MANAGER, id="HQ-3"), CASELOAD),
    "caseload: case_manager, of colleagues": (MANAGER, CASELOAD),
    "caseload: case_manager, of another region": (
        replace(MANAGER, id="HQ-1", regions=("YY",)),
        CASELOAD,
    ),
    "caseload: federal_hq": (staff("FH-1", "federal_hq", "*"), CASELOAD),
    "consultation: specialist, own list": (SPECIALIST, HELD),
    "consultation: specialist, another's": (replace(SPECIALIST, id="SP-2"), HELD),
    "family: specialist": (SPECIALIST, FAMILY),
    "family: regional_hq, of its team": (HQ, FAMILY),
    "family: regional_hq, not of its team": (HQ_2, FAMILY),
    "family: regional_hq, another region": (HQ_Y, FAMILY),
    "family: case_manager, of its team": (MANAGER, FAMILY),
    "family: case_manager, not of its team": (replace(MANAGER, id="CM-2"), FAMILY),
    "family: hotline_operator": (OPERATOR, FAMILY),
    "family: itself": (ITSELF, FAMILY),
    "family: another family": (ANOTHER, FAMILY),
    "family: guardian_rep": (REP, FAMILY),
    "family: district_office": (OFFICE, FAMILY),
    "family: district_office of its district": (OFFICE, replace(FAMILY, district="D01")),
    "family: public_assistant": (ASSISTANT, replace(FAMILY, district="D01")),
    "family: federal_hq": (staff("FH-1", "federal_hq", "*"), FAMILY),
    "family: bot in its own name": (BOT, FAMILY),
    "family: bot acting for it": (ITS_BOT, FAMILY),
    "family: bot of another region acting for it": (replace(ITS_BOT, regions=("YY",)), FAMILY),
    "note: hotline_operator, own region": (OPERATOR, NOTE),
    "note: hotline_operator, another region": (staff("OP-Y", "hotline_operator", "YY"), NOTE),
    "note: regional_hq": (HQ, NOTE),
    "note: district_office": (OFFICE, NOTE),
    "family: itself by its token": (SIGNED_IN, FAMILY),
    "family: another one by its token": (replace(SIGNED_IN, id="fam_2"), FAMILY),
    "device: its family": (SIGNED_IN, DEVICE),
    "device: another family": (replace(SIGNED_IN, id="fam_2"), DEVICE),
    "device: the bot of the chat": (BOT, DEVICE),
    "device: the bot by a family's token": (replace(ITS_BOT, scopes=()), DEVICE),
    "device: another bot": (replace(BOT, id="bot-2"), DEVICE),
    "device: regional_hq": (HQ, DEVICE),
    "call-back: hotline_operator who claimed it": (OPERATOR, CALL_BACK),
    "call-back: hotline_operator, another one's": (staff("OP-2", "hotline_operator"), CALL_BACK),
    "call-back: hotline_operator, another region": (
        staff("OP-1", "hotline_operator", "YY"),
        CALL_BACK,
    ),
    "call-back: regional_hq": (HQ, CALL_BACK),
    "live calls: hotline_operator": (OPERATOR, LIVE_CALLS),
    "live calls: regional_hq": (HQ, LIVE_CALLS),
    "regional_hq, provider of own region": (HQ, PROVIDER),
    "regional_hq, provider of another region": (HQ_Y, PROVIDER),
    "regional_hq, provider that is her own": (replace(HQ, org="prv_1"), PROVIDER),
    "hotline_operator, provider": (OPERATOR, PROVIDER),
    "case_manager, provider": (MANAGER, PROVIDER),
    "guardian_rep, provider": (REP, PROVIDER),
    "regional_hq, figures of own region": (HQ, REGION),
    "regional_hq, figures of another region": (HQ_Y, REGION),
    "provider_rep, own measures": (staff("PR-1", "provider_rep", org="prv_1"), MEASURES),
    "provider_rep, measures of another": (staff("PR-2", "provider_rep", org="prv_2"), MEASURES),
    "regional_hq, measures": (HQ, MEASURES),
    "federal_hq, figures": (staff("FH-1", "federal_hq", "*"), REGION),
    "hotline_operator, figures": (OPERATOR, REGION),
}


@pytest.mark.requirement("X-05")
def test_the_matrix_of_who_may_do_what_is_the_agreed_one() -> None:
    golden = Path(__file__).parent / "golden_policy.txt"

    matches_golden(render(POLICY, ACTIONS, SITUATIONS), golden)


def test_the_policy_is_sound_and_names_only_actions_that_exist() -> None:
    assert faults(POLICY, OF_INTAKE, ACTIONS) == ""
    named = set(re.findall(r'Action::"(\w+)"', POLICY.text))
    assert named <= set(ACTIONS)


def test_every_action_is_asked_for_by_some_use_case() -> None:
    rooms = ("services/intake", "shared/sign_in")
    code = "".join(p.read_text("utf-8") for room in rooms for p in Path(room).rglob("*.py"))

    assert [action for action in ACTIONS if f'"{action}"' not in code] == []


@pytest.mark.parametrize(
    ("aggregate", "named"),
    [
        (Case, cases.ACTIONS),
        (Family, families.ACTIONS),
        (Request, requests.ACTIONS),
        (HandOver, {}),
    ],
)
def test_each_step_is_an_action_so_that_each_caller_is_offered_its_own(
    aggregate: type[StatefulAggregate], named: dict[str, str]
) -> None:
    steps = {step for of_status in aggregate.STEPS.values() for step in of_status}

    assert {named.get(step, step) for step in steps} <= set(ACTIONS)


@pytest.mark.parametrize("status", builders.IN_STATUS)
def test_the_contact_is_released_only_to_the_introduced_guardian(status: str) -> None:
    case = builders.IN_STATUS[status]()  # type: ignore[index]
    released = resource(CaseFile(case, family())).more["released_to"]

    assert released == (builders.GUARDIAN if status == "in_care" else "")
    unheard = family(consents=())
    assert resource(CaseFile(case, unheard)).more["released_to"] == ""


def test_only_a_consent_that_holds_opens_a_case_to_an_office() -> None:
    consents = (consent_to_office("D05"), consent_to_office("D06", withdrawn=True))
    file = CaseFile(builders.received(), family(consents=consents))

    assert resource(file).more["offices"] == ("D05",)


@pytest.mark.requirement("X-05")
def test_each_row_of_a_list_may_also_be_viewed(client: IntakeClient) -> None:
    for number in range(8):
        operator = staff(f"OP-{number % 3}", "hotline_operator", ("ZR", "YY")[number % 2])
        body = {"region": ("ZR", "YY")[number % 2], "district_id": "D01"}
        phone = {"name": "А", "channel": "sms", "phone": f"+7916123450{number}"}
        client.do(operator, "/requests", {**office_request(), **body, "contact": phone})
        if number % 3 == 0:
            row = client.get(operator, "/own-requests").json["items"][0]
            client.do((HQ, HQ_Y)[number % 2], f"/cases/{row['case_id']}/take")

    for reader, path, kind, more in (
        (HQ, "/cases", "cases", {"status": "received"}),
        (HQ, "/cases", "cases", {"status": "in_review"}),
        (HQ_Y, "/cases", "cases", {"status": "received"}),
        (HQ, "/requests", "requests", {"status": "joined"}),
        (HQ_Y, "/requests", "requests", {"status": "joined"}),
        (staff("OP-0", "hotline_operator"), "/own-requests", "requests", {}),
        (staff("OP-1", "hotline_operator", "YY"), "/own-requests", "requests", {}),
    ):
        rows = client.get(reader, path, **more).json["items"]
        assert rows
        for row in rows:
            assert client.get(reader, f"/{kind}/{row['id']}").status == 200


def office_request() -> dict[str, object]:
    """A call without anything special."""
    return {
        "initiated_by": "self",
        "applicant_relation": "parent",
        "consents": {"processing": True},
    }
