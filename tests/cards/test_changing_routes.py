"""What holds for each route of cards that changes something: versions, keys, regions."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.api.routes import Route
from shared.identity.policy import Policy, Resource
from shared.principal import Principal
from tests.cards.api_client import CONTACT, LEADER_Y
from tests.fuzz.callers import Caller, SeededService
from tests.fuzz.seeded_services import seeded_service
from tests.support.changing_routes import (
    OF_SIGN_IN,
    answer_a_key_once,
    keep_why,
    kept,
    refuse_a_stale_version,
    send,
)

# They make something new, so there is no version of it yet.
CREATING = {
    "issue_card", "start_programme", "propose_partner", "open_batch", "order_print",
    "ask_for_codes", "start_contact_change", "change_contact", "ask_for_keys",
}  # fmt: skip
# Whose region the caller below has, or what is of none before it is there.
OF_NO_REGION = {"start_programme", "activate_card", "order_print"}
# Another body that would be accepted as well.
OTHER: dict[str, dict[str, Any]] = {
    "block_card": {"reason": "lost"},
    "replace_card": {"reason": "lost"},
    "revoke_card": {"reason": "holder_refused"},
    "decide_duplicate": {"decision": "same_person"},
    "start_contact_change": {"contact": CONTACT | {"phone": "+79211234599"}},
    "confirm_contact_change": {"old_code": "000000"},
    "change_contact": {"evidence": "signed_form"},
    "move_card": {"district_id": "D03"},
    "activate_card": {"consent_community": False},
    "report_placement_end": {"ended_on": "2026-10-02"},
    "issue_card": {"holder_ref": "FP-98"},
    "start_programme": {"grace_days": 30},
    "propose_partner": {"title": "Аптека"},
    "decline_partner": {"reason": "wants_payment"},
    "record_agreement": {"agreement_ref": "15/2026"},
    "give_notice": {"last_day": "2026-12-30"},
    "end_partner": {"reason": "partner_left"},
    "propose_offer": {"discount_percent": 8},
    "add_outlet": {"address": "Мира, 1"},
    "issue_key": {"sandbox": False},
    "open_batch": {"dry_run": False},
    "order_print": {"card_ids": ["crd_01ARZ3NDEKTSV4RRFFQ69G5FAV"]},
}


@pytest.fixture(scope="module")
def service() -> Iterator[SeededService]:
    """Cards, partners and tables at every stage of their way."""
    with pytest.MonkeyPatch.context() as patch, seeded_service("cards", patch) as seeded:
        yield seeded


def commands(service: SeededService) -> list[tuple[Route, Caller]]:
    """Each route that changes something, and who calls it; signing in has tests of its own."""
    declared = service.world.apps["cards"].app.declared
    found = [
        (route, service.callers[route.name])
        for route in declared
        if "context" in route.given and not route.path.startswith(OF_SIGN_IN)
    ]
    assert len(found) > 40
    return found


def test_a_stale_version_changes_nothing(service: SeededService) -> None:
    # To open a contact is audited before it is refused.
    before = kept(service, audit=False)

    refuse_a_stale_version(service, commands(service), CREATING)

    assert kept(service, audit=False) == before


def test_a_leader_of_another_region_finds_nothing_to_change(service: SeededService) -> None:
    before = kept(service)

    for route, caller in commands(service):
        if "person" in route.callers and route.name not in OF_NO_REGION:
            answer = send(service, route, caller, who=LEADER_Y, key=f"foreign-{route.name}")
            # An active partner is there for everybody to see.
            hidden = (404, 403) if "partner_id" in caller.path else (404,)
            assert answer.status in hidden, (route.name, answer.text)

    assert kept(service) == before


def test_a_key_is_answered_once_and_for_one_body(service: SeededService) -> None:
    answer_a_key_once(service, commands(service), OTHER.__getitem__)


def test_the_audit_keeps_why_something_was_done(service: SeededService) -> None:
    keep_why(service, commands(service), ("reason", "evidence"))


# What a command asks the policy about, where it is called otherwise.
ASKS = {
    "ask_for_codes": "issue_batch", "ask_for_keys": "issue_key", "cancel_batch": "issue_batch",
    "confirm_contact_change": "change_own_contact", "open_batch": "issue_batch",
    "order_print": "view_page", "start_batch": "issue_batch",
    "start_contact_change": "change_own_contact", "take_codes": "issue_batch",
    "take_keys": "issue_key",
}  # fmt: skip


def test_a_command_asks_the_policy_about_itself(
    service: SeededService, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, allows = set[str](), Policy.allows

    def asking(policy: Policy, who: Principal, action: str, about: Resource) -> bool:
        asked.add(action)
        return allows(policy, who, action, about)

    monkeypatch.setattr(Policy, "allows", asking)
    seeded, other = service.world.dynamodb.snapshot(), dict[str, set[str]]()
    for route, caller in commands(service):
        asked.clear()
        send(service, route, caller, key=f"asks-{route.name}")
        if ASKS.get(route.name, route.name) not in asked:
            other[route.name] = {*asked}
        service.world.dynamodb.restore(seeded)
    assert other == {}
