"""Who may do what in matching: the whole matrix, and that no list shows more than `view`."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from services.matching.policy import POLICY
from shared import ids
from shared.identity.policy import Resource
from shared.principal import Principal
from tests.matching.api_client import (
    BOT,
    FEDERAL,
    HQ,
    HQ_Y,
    OPERATIONS,
    OPERATOR,
    TRAINING,
    MatchingClient,
    chat_of,
    person,
    pointer,
    rep,
)
from tests.support.policy_matrix import faults, matches_golden, render
from tests.support.policy_types import OF_MATCHING

GUARDIAN = Resource("Guardian", "gua_1", region="ZR", org="gua_1", status="ready")
DEVICE = Resource("Device", "dev_1", person="gua_1", more={"bot": "bot-1"})
SIGNED_IN = Principal("gua_1", "person", "guardian_rep", ("guardian_rep",), org="gua_1")
UNASSIGNED = replace(GUARDIAN, region=None, status="in_vetting")
HANDED_IN = replace(UNASSIGNED, more={"registered_by": "portal-1"})
FAMILY = Resource("Family", "cas_1", region="ZR", district="D01", person="fam_1")
MATCH = Resource(
    "Match", "mat_1", region="ZR", org="gua_1", person="fam_1", more={"released": True}
)
PROPOSED = replace(MATCH, more={"released": False})
STORY = Resource("Story", "sto_1", region="ZR", org="gua_1", more={"consented": False})
CONSENTED = replace(STORY, more={"consented": True})
MEDIA = Resource("Media", "med_1", region="ZR", org="gua_1", person="fam_1")
REGION = Resource("Region", "ZR", region="ZR")
ITS_FAMILY, OTHER_FAMILY = chat_of("fam_1"), chat_of("fam_2")
BINDER = replace(BOT, scopes=("bind_people",))
PORTAL = replace(TRAINING, id="portal-1", regions=("ZR",), scopes=("guardian_applications",))
PUBLIC = Principal("public", "link", "public")
ITS_REP, OTHER_REP = rep("gua_1"), rep("gua_2")
VOLUNTEER = Resource("Volunteer", "vol_1", region="ZR", person="V-1")
TASK = Resource("VolunteerTask", "tsk_1", region="ZR", person="V-1")
OFFER = Resource("Resource", "rsc_1", region="ZR", org="PR-03")
GIFT = Resource("Gift", "gft_1", region="ZR", person="fam_1")
EXPORT = Resource("Export", "exp_1", region="ZR", person="HQ-1", more={"kind": "matches"})
REGISTER = replace(EXPORT, person="FH-1", more={"kind": "guardians"})
VC = person("VC-1", "volunteer_coordinator", "ZR")
CM = person("CM-1", "case_manager", "ZR")
ITS_VOLUNTEER, OTHER_VOLUNTEER = (person(name, "volunteer", "ZR") for name in ("V-1", "V-2"))
ITS_GIVER = person("R-1", "provider_rep", "ZR", org="PR-03")
PARTNER = person("R-2", "partner_manager", "ZR", org="PR-03")
OF_NETWORK = {
    "volunteer_coordinator": VC,
    "foreign_volunteer_coordinator": replace(VC, regions=("YY",)),
    "its_volunteer": ITS_VOLUNTEER,
    "another_volunteer": OTHER_VOLUNTEER,
    "regional_hq": HQ,
    "case_manager": CM,
}
STORE = person("P-1", "partner_store", "ZR")
# One person in two roles: of the staff, and of the guardian that is judged.
ITS_STAFF = {
    "regional_hq_of_the_guardian": replace(HQ, org="gua_1"),
    "federal_hq_of_the_guardian": replace(FEDERAL, org="gua_1"),
}

Callers = dict[str, tuple[Principal, Resource]]


def seen_by(thing: Resource, **callers: Principal) -> Callers:
    """Situations with one thing, named by who looks at it."""
    return {name: (caller, thing) for name, caller in callers.items()}


MATRICES: dict[str, tuple[tuple[str, ...], Callers]] = {
    "Guardian": (
        (
            "view", "list", "view_evidence", "view_talks",
            "register_application", "view_application", "view_contact", "erase_contact",
            "correct_application",
            "take_into_vetting", "record_check", "open_clarification", "close_clarification",
            "approve", "reject", "assign", "record_training", "hold_interview", "hold_briefing",
            "sign_participation_agreement", "change_possibilities", "pause", "resume", "withdraw",
            "change_own_contact", "replace_contact", "rename", "list_readings",
        ),
        seen_by(
            GUARDIAN,
            federal_hq=FEDERAL,
            regional_hq=HQ,
            foreign_regional_hq=HQ_Y,
            its_guardian_rep=ITS_REP,
            another_guardian_rep=OTHER_REP,
            hotline_operator=OPERATOR,
            operations=OPERATIONS,
            volunteer_portal=PORTAL,
            volunteer_portal_of_another_region=replace(PORTAL, regions=("YY",)),
            training_platform=TRAINING,
            training_platform_of_another_region=replace(TRAINING, regions=("YY",)),
            machine_without_a_scope=replace(TRAINING, scopes=()),
            partner_store=STORE,
            public=PUBLIC,
            training_platform_of_the_guardian=replace(TRAINING, org="gua_1"),
            **ITS_STAFF,
        )
        | seen_by(UNASSIGNED, federal_hq_before_a_region=FEDERAL, regional_hq_before_it=HQ)
        | seen_by(HANDED_IN, portal_that_handed_it_in=PORTAL, regional_hq_of_its_region=HQ),
    ),
    "Device": (
        ("view", "list_devices", "revoke_device", "bind_chat", "renew_chat"),
        seen_by(
            DEVICE,
            its_person=SIGNED_IN,
            another_guardian=replace(SIGNED_IN, id="gua_2"),
            its_bot=BINDER,
            another_bot=replace(BINDER, id="bot-2"),
            bot_without_the_scope=replace(BINDER, scopes=()),
            regional_hq=HQ,
        ),
    ),
    "Family": (
        ("view", "list", "view_candidates", "propose_match", "list_readings"),
        seen_by(
            FAMILY,
            regional_hq=HQ,
            foreign_regional_hq=HQ_Y,
            itself=ITS_FAMILY,
            another_family=OTHER_FAMILY,
            federal_hq=FEDERAL,
            guardian_rep=ITS_REP,
            hotline_operator=OPERATOR,
        ),
    ),
    "Match": (
        (
            "view", "list", "hold_introduction", "record_late_introduction", "accept",
            "explain_delay", "decline", "cancel",
            "draft_agreement", "sign_agreement", "issue_signing_link", "record_help",
            "correct_help", "confirm_help", "record_call", "correct_call", "report", "view_reports",
            "view_visit_note", "submit_story", "upload_media", "notify_termination",
            "withdraw_notice", "raise_concern", "view_mediation", "end_mediation", "hear_side",
            "end", "lift_exclusion", "view_notes", "view_decision", "view_guardian_contact",
        ),
        seen_by(
            MATCH,
            regional_hq=HQ,
            foreign_regional_hq=HQ_Y,
            federal_hq=FEDERAL,
            its_guardian_rep=ITS_REP,
            another_guardian_rep=OTHER_REP,
            its_family=ITS_FAMILY,
            another_family=OTHER_FAMILY,
            bot_in_its_own_name=BOT,
            hotline_operator=OPERATOR,
            operations=OPERATIONS,
            **ITS_STAFF,
        )
        | seen_by(PROPOSED, its_family_before_they_met=ITS_FAMILY),
    ),
    "Media": (
        ("view", "confirm_media", "remove_media"),
        seen_by(
            MEDIA,
            regional_hq=HQ,
            foreign_regional_hq=HQ_Y,
            federal_hq=FEDERAL,
            its_guardian_rep=ITS_REP,
            another_guardian_rep=OTHER_REP,
            its_family=ITS_FAMILY,
            another_family=OTHER_FAMILY,
        ),
    ),
    "Story": (
        (
            "view", "list", "read_story", "record_story_consent", "withdraw_story_consent",
            "clear_story", "decline_story",
            "take_down_story",
        ),
        seen_by(
            STORY,
            regional_hq=HQ,
            foreign_regional_hq=HQ_Y,
            federal_hq=FEDERAL,
            its_guardian_rep=ITS_REP,
            another_guardian_rep=OTHER_REP,
            its_family=ITS_FAMILY,
            **ITS_STAFF,
        )
        | seen_by(CONSENTED, federal_hq_with_consent=FEDERAL),
    ),
    "Volunteer": (
        (
            "view", "list", "register_volunteer", "approve", "view_contact", "change_availability",
            "leave", "offer_task", "correct_volunteer", "change_account",
            "change_own_contact", "replace_contact", "list_readings",
        ),
        seen_by(
            VOLUNTEER,
            **OF_NETWORK,
            volunteer_coordinator_who_is_the_volunteer=replace(VC, id="V-1"),
        ),
    ),
    "VolunteerTask": (
        (
            "view", "list", "accept_task", "report_task_done", "decline_task", "cancel_task",
        ),
        seen_by(TASK, **OF_NETWORK),
    ),
    "Resource": (
        (
            "view", "list", "offer_resource", "reserve_resource", "give_resource",
            "release_resource", "list_reservations", "withdraw_resource",
        ),
        seen_by(
            OFFER,
            volunteer_coordinator=VC,
            foreign_volunteer_coordinator=replace(VC, regions=("YY",)),
            case_manager=CM,
            its_provider=ITS_GIVER,
            its_partner=PARTNER,
            another_provider=replace(ITS_GIVER, org="PR-01"),
            its_provider_in_another_region=replace(ITS_GIVER, regions=("YY",)),
            regional_hq=HQ,
            volunteer=ITS_VOLUNTEER,
        ),
    ),
    "Gift": (
        ("view", "list", "offer_gift", "withdraw_gift"),
        seen_by(
            GIFT,
            its_family=ITS_FAMILY,
            another_family=OTHER_FAMILY,
            regional_hq=HQ,
            foreign_regional_hq=HQ_Y,
            volunteer_coordinator=VC,
            case_manager=CM,
            federal_hq=FEDERAL,
        ),
    ),
    "Export": (
        ("view", "open_export"),
        seen_by(
            EXPORT,
            who_asked=HQ,
            a_colleague=replace(HQ, id="HQ-2"),
            foreign_regional_hq=HQ_Y,
            federal_hq=replace(FEDERAL, id="HQ-1"),
            operator=replace(OPERATOR, id="HQ-1"),
        )
        | seen_by(REGISTER, federal_hq_of_the_register=FEDERAL),
    ),
    "Region": (
        (
            "view", "view_figures", "view_programme_figures", "list_work", "view_suggestions",
            "list_rounds", "open_round", "commit_round", "staff_headquarters",
        ),
        seen_by(
            REGION,
            regional_hq=HQ,
            foreign_regional_hq=HQ_Y,
            federal_hq=FEDERAL,
            operations=OPERATIONS,
            guardian_rep=ITS_REP,
        ),
    ),
}  # fmt: skip
ACTIONS = {action for actions, _ in MATRICES.values() for action in actions}


@pytest.mark.requirement("X-05")
def test_the_matrix_of_who_may_do_what_is_the_agreed_one() -> None:
    golden = Path(__file__).parent / "golden_policy.txt"

    text = "\n".join(f"# {thing}\n\n{render(POLICY, *each)}" for thing, each in MATRICES.items())
    matches_golden(text, golden)


def test_the_policy_is_sound_and_names_only_actions_that_exist() -> None:
    assert faults(POLICY, OF_MATCHING, sorted(ACTIONS)) == ""
    assert set(re.findall(r'Action::"(\w+)"', POLICY.text)) == ACTIONS


def test_every_action_is_asked_for_by_some_use_case() -> None:
    folders = (Path("services/matching"), Path("shared/sign_in"))
    files = (path for folder in folders for path in folder.rglob("*.py"))
    code = "".join(path.read_text(encoding="utf-8") for path in files)

    assert [action for action in ACTIONS if f'"{action}"' not in code] == []


def test_each_row_of_a_list_may_also_be_viewed(client: MatchingClient) -> None:
    here, there = client.ready(), client.ready("YY")
    client.applied()
    match = client.active(client.waiting(), here)
    client.waiting(region="YY")
    client.waiting()
    client.do(rep(here), f"/matches/{match}/stories", {"text": "Рады помогать"})

    looked = 0
    for path, field, single in (
        ("/guardians", "guardian_id", "/guardians/{}"),
        ("/applications", "guardian_id", "/guardians/{}"),
        ("/matches", "match_id", "/matches/{}"),
        ("/families", "case_id", "/families/{}/candidates"),
        ("/stories", "story_id", "/stories/{}"),
    ):
        for caller in (HQ, HQ_Y, FEDERAL, rep(here), rep(there), OPERATOR):
            region = {"region": "ZR"} if caller is FEDERAL and path != "/applications" else {}
            listed = client.api(caller).get(path, query=region)
            assert listed.status in (200, 403, 422), listed.text
            for row in listed.json.get("items", []):
                looked += 1
                assert client.api(caller).get(single.format(row[field])).status == 200
    assert looked >= 10


@pytest.mark.parametrize(
    ("role", "path", "name", "value"),
    [
        ("family", "/gifts", "family_id", "fam_01M2F80FR077DC7R5TK3HK0G53"),
        ("family", "/matches", "guardian_id", "gua_01M2F80FR077DC7R5TK3HK0G53"),
        ("guardian_rep", "/matches", "guardian_id", "gua_01M2F80FR077DC7R5TK3HK0G53"),
        ("guardian_rep", "/matches", "region", "ZR"),
        ("guardian_rep", "/stories", "region", "ZR"),
        ("partner_manager", "/resources", "region", "ZR"),
        ("partner_manager", "/resources", "category", "food_aid"),
        ("partner_manager", "/resources", "over", "true"),
        ("volunteer", "/volunteer-tasks", "region", "ZR"),
        ("volunteer", "/volunteers", "region", "ZR"),
        ("volunteer", "/volunteers", "status", "active"),
        ("volunteer", "/volunteers", "district_id", "D01"),
    ],
)
def test_a_list_of_one_s_own_ignores_no_filter(
    client: MatchingClient, role: str, path: str, name: str, value: str
) -> None:
    own = client.api(person(ids.new("fam"), role, "ZR", org=ids.new("gua")))
    asked = {"region": "ZR"} if role == "family" else {}

    assert own.get(path, query=asked).status == 200
    refused = own.get(path, query={**asked, name: value})

    wanted = "region" if name == "region" else "filter"
    assert (refused.status, refused.code) == (422, f"own_list_has_no_{wanted}"), refused.text
    assert pointer(refused) == f"/{name}"
