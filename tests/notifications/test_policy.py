"""Who may do what with messages, work items, answers and links: a golden matrix."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.notifications.policy import POLICY
from shared.identity.policy import Attribute, Resource
from shared.principal import Principal
from tests.support.policy_matrix import faults, matches_golden, render
from tests.support.policy_types import OF_NOTIFICATIONS

ACTIONS = [
    "view", "list_inbox", "read_item", "finish_item", "reopen_item", "open_call", "list_messages",
    "list_unreached", "list_own_messages", "set_own_preferences", "set_preferences",
    "list_readings", "view_figures", "list_answers", "read_answer", "set_lines", "subscribe_bot",
    "list_wordings", "draft_wording",
    "publish_wording", "discard_wording", "restore_wording", "list_webhook_endpoints",
    "list_webhook_deliveries", "register_webhook_endpoint", "pause_webhook_endpoint",
    "resume_webhook_endpoint", "remove_webhook_endpoint", "rotate_webhook_secret",
    "try_webhook_endpoint", "resend_webhook_delivery",
]  # fmt: skip
STAFF = [
    "regional_hq", "federal_hq", "community_leader", "operations", "hotline_operator",
    "case_manager", "district_office",
]  # fmt: skip
STRANGERS = [
    "family", "foster_parent", "guardian_rep", "specialist", "regional_authority",
    "partner_manager", "partner_store",
]  # fmt: skip


def person(role: str, region: str = "ZR") -> Principal:
    regions = ("*",) if role in ("federal_hq", "operations") else (region,)
    districts = ("D05",) if role == "district_office" else ()
    return Principal("usr_1", "person", role, (role,), regions, districts, org="unit_1")


def thing(kind: str, role: str = "regional_hq") -> Resource:
    more: dict[str, Attribute] = (
        OF_NOTIFICATIONS[kind] | {"role": role, "account": "usr_1"}
        if kind == "WorkItem"
        else OF_NOTIFICATIONS[kind]
    )
    # An answer belongs to the guardian that it is about, and to no unit.
    org = "gua_1" if kind == "Feedback" else "unit_1"
    return Resource(kind, "x_1", region="ZR", district="D05", org=org, person="req_1", more=more)


def of_what_climbed() -> dict[str, tuple[Principal, Resource]]:
    """Work of others that was left undone, and those above who are told of it."""

    def item(climbed_to: str) -> Resource:
        work = thing("WorkItem", "other")
        return replace(work, more={**work.more, "climbed_to": climbed_to})

    asked = ("regional_hq", "federal_hq", "operations", "hotline_operator")
    return {
        **{f"{role}, to whom it climbed": (person(role), item(role)) for role in asked},
        "regional_hq, to whose lead it climbed": (
            replace(person("regional_hq"), id="usr_2"),
            item("region_lead"),
        ),
        "regional_hq, to whom it climbed as the lead": (
            person("regional_hq"),
            item("region_lead"),
        ),
        "regional_hq, to whom it climbed elsewhere": (
            person("regional_hq", "YY"),
            item("regional_hq"),
        ),
    }


def of_own_guardian() -> dict[str, tuple[Principal, Resource]]:
    """Headquarters, of people who belong to the guardian that an answer is about."""
    involved = replace(person("regional_hq"), org="gua_1")
    return {"regional_hq who belongs to the guardian": (involved, thing("Feedback"))}


@pytest.mark.parametrize("kind", list(OF_NOTIFICATIONS))
def test_who_may_do_what(kind: str) -> None:
    situations = {
        **{f"{role}, own territory": (person(role), thing(kind, role)) for role in STAFF},
        **{f"{role}, item of another role": (person(role), thing(kind, "other")) for role in STAFF},
        "regional_hq who leads the region": (person("regional_hq"), thing(kind, "region_lead")),
        "regional_hq who leads another region": (
            person("regional_hq", "YY"),
            thing(kind, "region_lead"),
        ),
        "regional_hq who does not lead it": (
            replace(person("regional_hq"), id="usr_2"),
            thing(kind, "region_lead"),
        ),
        **{
            f"{role}, of whose account it is": (person(role, "YY"), thing(kind, "colleague"))
            for role in ("regional_hq", "case_manager", "hotline_operator")
        },
        "case_manager, of a colleague's account": (
            replace(person("case_manager"), id="usr_2"),
            thing(kind, "colleague"),
        ),
        **(of_what_climbed() if kind == "WorkItem" else {}),
        **(of_own_guardian() if kind == "Feedback" else {}),
        "regional_hq, another region": (person("regional_hq", "YY"), thing(kind)),
        "community_leader of one district": (
            replace(person("community_leader"), districts=("D05",)),
            thing(kind, "community_leader"),
        ),
        "community_leader of another district": (
            replace(person("community_leader"), districts=("D06",)),
            thing(kind, "community_leader"),
        ),
        "district_office of another district": (
            replace(person("district_office"), districts=("D06",)),
            thing(kind, "district_office"),
        ),
        "district_office without districts": (
            replace(person("district_office"), districts=()),
            thing(kind, "district_office"),
        ),
        "hotline_operator, another region": (
            person("hotline_operator", "YY"),
            thing(kind, "hotline_operator"),
        ),
        "case_manager of another unit": (
            replace(person("case_manager"), org="unit_2"),
            thing(kind, "case_manager"),
        ),
        "case_manager without a unit": (
            replace(person("case_manager"), org=None),
            thing(kind, "case_manager"),
        ),
        "community_leader, another region": (
            person("community_leader", "YY"),
            thing(kind, "community_leader"),
        ),
        **{role: (person(role), thing(kind, role)) for role in STRANGERS},
    }

    golden = Path(__file__).parent / "golden" / f"{kind.lower()}.txt"
    matches_golden(render(POLICY, ACTIONS, situations), golden)


def test_the_policy_is_sound() -> None:
    assert faults(POLICY, OF_NOTIFICATIONS, ACTIONS) == ""
