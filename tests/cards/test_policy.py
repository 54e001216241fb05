"""Who may do what in cards, as a table that a person can read."""

from pathlib import Path

from services.cards.cards.policy import new_card
from services.cards.partners.policy import new_partner
from services.cards.policy import POLICY
from services.cards.programmes.policy import resource as programme
from shared.identity.policy import Resource
from shared.principal import Principal
from tests.cards import api_client
from tests.cards.api_client import person
from tests.support import policy_matrix
from tests.support.policy_types import OF_CARDS

CARD_ACTIONS = (
    "view", "issue_card", "activate_card", "list_cards", "list_own_cards", "view_contact",
    "view_page", "renew_code", "hand_over_code", "block_card", "unblock_card", "replace_card",
    "revoke_card", "report_placement_end", "dismiss_placement_end", "withdraw_consent",
    "give_consent", "erase_holder", "change_contact", "issue_batch", "print_cards",
    "list_batches", "list_prints", "list_held_cards", "decide_duplicate", "find_lost_card",
    "move_card", "list_readings",
)  # fmt: skip
PARTNER_ACTIONS = (
    "view", "view_details", "list_partners", "propose_partner", "take_lead", "decline_partner",
    "record_agreement", "publish_partner", "propose_offer", "publish_offer", "withdraw_offer",
    "edit_partner", "change_partner_contact", "add_outlet", "edit_outlet", "close_outlet",
    "issue_key", "revoke_key", "replace_key", "pause_partner", "resume_partner",
    "give_notice", "withdraw_notice", "end_partner", "view_statistics", "view_contact",
    "import_shops", "list_batches", "list_readings",
)  # fmt: skip
HOLDER_ACTIONS = ("view", "change_own_contact")
DEVICE_ACTIONS = ("view", "list_devices", "revoke_device", "bind_chat", "renew_chat")
PROGRAMME_ACTIONS = (
    "view",
    "start_programme",
    "edit_programme",
    "close_programme",
    "reopen_programme",
    "view_report",
)

CALLERS = {
    "leader": api_client.LEADER,
    "leader of D05": api_client.LEADER_D05,
    "leader of YY": api_client.LEADER_Y,
    "office of D02": api_client.OFFICE,
    "authority": api_client.AUTHORITY,
    "holder": api_client.HOLDER,
    "another holder": api_client.STRANGER,
    "manager": api_client.MANAGER,
    "another manager": api_client.OTHER_MANAGER,
    "federal_hq": person("FH-1", "federal_hq", region="*"),
    "hotline_operator": person("OP-1", "hotline_operator"),
    "regional_hq": person("HQ-1", "regional_hq"),
    "operations": person("OPS", "operations", region="*"),
    "specialist": person("SP-01", "specialist"),
}  # fmt: skip

Situations = dict[str, tuple[Principal, Resource]]


def situations(**things: Resource) -> Situations:
    return {
        f"{name}, {what.replace('_', ' ')}": (caller, thing)
        for what, thing in things.items()
        for name, caller in CALLERS.items()
    }


def golden(name: str) -> Path:
    return Path(__file__).parent / "golden" / f"{name}.txt"


def test_who_may_do_what_with_cards() -> None:
    own = Resource(
        "Card", "crd_1", "ZR", "D02", person="FP-02", status="active",
        more={"on_order": True, "issued_by": "D02"},
    )  # fmt: skip
    text = policy_matrix.render(
        POLICY,
        CARD_ACTIONS,
        situations(card_of_D02=own, new_without_order_in_D02=new_card("ZR", "D02", on_order=False)),
    )
    policy_matrix.matches_golden(text, golden("cards"))


def test_who_may_do_what_with_partners() -> None:
    def partner(status: str) -> Resource:
        more = {"districts": ("D01", "D02")}
        return Resource("Partner", "par_1", "ZR", org="shop-01", status=status, more=more)

    text = policy_matrix.render(
        POLICY,
        PARTNER_ACTIONS,
        situations(active=partner("active"), lead=partner("lead"), new=new_partner("ZR", ("D02",))),
    )
    policy_matrix.matches_golden(text, golden("partners"))


def test_who_may_do_what_with_a_programme() -> None:
    text = policy_matrix.render(POLICY, PROGRAMME_ACTIONS, situations(of_ZR=programme("ZR")))
    policy_matrix.matches_golden(text, golden("programmes"))


def test_who_may_do_what_with_a_device() -> None:
    own = Resource("Device", "dev_1", person="FP-02", more={"bot": "bot-max"})
    found = situations(of_FP_02=own) | {"bot, of FP 02": (api_client.BOT, own)}
    text = policy_matrix.render(POLICY, DEVICE_ACTIONS, found)
    policy_matrix.matches_golden(text, golden("devices"))


def test_the_policy_is_sound() -> None:
    actions = sorted(
        {*CARD_ACTIONS, *HOLDER_ACTIONS, *DEVICE_ACTIONS, *PARTNER_ACTIONS, *PROGRAMME_ACTIONS}
    )

    assert policy_matrix.faults(POLICY, OF_CARDS, actions) == ""
