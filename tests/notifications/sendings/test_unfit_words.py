"""A message that the words of this release do not fit: of another template, variant or value."""

from typing import Any

import pytest

from services.notifications.channels.port import OnDoubt
from services.notifications.templates.values import FIRST_NAME
from shared.events.base import Event
from shared.messaging.template_variables import declared
from tests.notifications import fakes
from tests.notifications.fakes import NotificationsHarness, rewritten
from tests.notifications.sendings.night import ISSUED, PLACEMENT_ENDS, to_holders
from tests.support.world import at


@pytest.mark.parametrize(
    ("event", "of_another_release"),
    [
        (PLACEMENT_ENDS, {"template": "of_another_release_holder"}),
        (PLACEMENT_ENDS, {"variant": "of_another_release"}),
        (PLACEMENT_ENDS, {"facts": {}}),
        (ISSUED, {}),
    ],
)
def test_a_message_that_no_words_fit_waits_for_them_and_then_is_work_of_the_staff(
    harness: NotificationsHarness,
    monkeypatch: pytest.MonkeyPatch,
    event: Event,
    of_another_release: dict[str, Any],
) -> None:
    harness.owners.down = {"cards"}
    harness.tell(event)
    (message,) = to_holders(harness)
    rewritten(harness, message["message_id"], **of_another_release)
    harness.owners.down = set()
    monkeypatch.setattr(fakes, "declared", first_name_only)

    harness.world.advance(at("2026-09-14 15:50"))
    assert to_holders(harness)[0]["status"] == "queued"
    harness.world.advance(at("2026-09-14 17:00"))

    (message,) = to_holders(harness)
    assert (message["status"], message["reason"]) == ("failed", "undeclared_variables")
    assert "check_contact" in [one["kind"] for one in harness.docs("WORK_ITEM")]
    assert harness.gateway.to("holder") == []


@pytest.mark.parametrize("of_another_release", [{"variant": "of_another_release"}, {"facts": {}}])
def test_what_may_have_arrived_is_not_repeated_in_words_that_do_not_fit(
    harness: NotificationsHarness,
    monkeypatch: pytest.MonkeyPatch,
    of_another_release: dict[str, Any],
) -> None:
    monkeypatch.setattr(harness.gateway, "on_doubt", lambda name: OnDoubt.REPEAT)
    harness.gateway.faults = ["silent"]
    harness.tell(PLACEMENT_ENDS)
    rewritten(harness, to_holders(harness)[0]["message_id"], **of_another_release)
    harness.world.advance(at("2026-09-14 10:05"))

    (message,) = to_holders(harness)
    assert (message["status"], message["doubts"]) == ("queued", ["gateway"])


def first_name_only(owner: str) -> dict[str, frozenset[str]]:
    """What an owner lets out whose release knows no other values yet."""
    return dict.fromkeys(declared(owner), frozenset({FIRST_NAME}))


def test_a_message_goes_out_when_the_release_of_its_owner_has_come(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(fakes, "declared", first_name_only)
        harness.tell(ISSUED)
        harness.world.advance(at("2026-09-14 10:30"))
        assert harness.gateway.to("holder") == []

    harness.world.advance(at("2026-09-14 11:30"))
    assert "70211" in harness.gateway.to("holder")[0].text
