"""What a family of several records prefers."""

from dataclasses import replace
from typing import Any

from shared.events import intake
from tests.notifications.fakes import (
    ASKED,
    CASE,
    FAMILY,
    FAMILY_SIGNED_IN,
    OF_CASE,
    REQUEST,
    NotificationsHarness,
)
from tests.notifications.news import CALL_DUE
from tests.notifications.preferences.told import to_family
from tests.support.api import Api
from tests.support.world import at

OTHER = FAMILY[:-1] + "B"

PAIR = {"region": "ZR", "family_id": FAMILY, "merged_family_id": OTHER, "reason": "same_children"}


def test_what_either_record_of_a_family_prefers_holds_for_both_until_they_are_separated(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(intake.RequestReceived(**ASKED | {"family_id": OTHER}, district_id="D05"))
    other = harness.world.api("notifications", replace(FAMILY_SIGNED_IN, id=OTHER))
    assert own_messages(api) != own_messages(other)
    assert api.put("/own-preferences", {"channels": ["email"]}, if_match=0).status == 200
    assert other.put("/own-preferences", {"unwanted": ["questions"]}, if_match=0).status == 200

    merged = intake.FamiliesMerged(**PAIR)
    body = harness.body(merged)
    harness.deliver(body, body)
    both = [each.get("/own-preferences").json for each in (api, other)]
    assert both[0] == both[1]
    assert (both[0]["channels"], both[0]["unwanted"]) == (["email"], ["questions"])
    harness.tell(CALL_DUE)
    assert to_family(harness)[-1][1:] == ("withheld", "unwanted")

    lifted = OF_CASE | {"family_id": OTHER}
    harness.tell(intake.CareRequirementLifted(**lifted, reason="other"))
    paces = {one["pace_id"].partition(".")[0] for one in harness.docs("PACE")}
    assert (FAMILY in paces, OTHER in paces) == (True, False), "both are one person"

    # Each record shows what both were sent, in one order, however short the pages are.
    sent = own_messages(other)
    assert len(sent) == 4 and sent == own_messages(api) == own_messages(api, limit="1")
    assert {one["reference"] for one in sent} == {REQUEST, CASE}
    # What the family says now is all that holds, by whichever record it says so.
    said = other.put("/own-preferences", {"channels": ["sms"]}, if_match=both[0]["version"])
    assert said.status == 200
    assert [each.get("/own-preferences").json["unwanted"] for each in (api, other)] == [[], []]

    undone = harness.body(intake.FamilyMergeUndone(**PAIR))
    harness.deliver(undone, undone, body)
    own = [each.get("/own-preferences").json for each in (api, other)]
    assert [each["channels"] for each in own] == [["sms"], []]
    assert [each["unwanted"] for each in own] == [[], ["questions"]]
    assert sorted(own_messages(api) + own_messages(other), key=str) == sorted(sent, key=str)


def test_one_message_a_day_is_wished_for_both_records_by_either(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(intake.RequestReceived(**ASKED | {"family_id": OTHER}, district_id="D05"))
    other = harness.world.api("notifications", replace(FAMILY_SIGNED_IN, id=OTHER))
    assert other.put("/own-preferences", {"together": True}, if_match=0).status == 200
    harness.tell(intake.FamiliesMerged(**PAIR))
    assert api.get("/own-preferences").json["together"] is True


def own_messages(api: Api, **query: str) -> list[dict[str, Any]]:
    """What a person was sent, page by page."""
    page = api.get("/own-messages", query=query).json
    found: list[dict[str, Any]] = page["items"]
    while page["next_cursor"]:
        page = api.get("/own-messages", query=query | {"cursor": page["next_cursor"]}).json
        found += page["items"]
    return found


def test_a_family_is_known_by_what_its_other_record_was_sent(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(intake.FamiliesMerged(**PAIR | {"family_id": OTHER, "merged_family_id": FAMILY}))
    whole = harness.world.api("notifications", replace(FAMILY_SIGNED_IN, id=OTHER))
    assert whole.get("/own-preferences").status == 200
    assert own_messages(whole) == own_messages(api) != []


def test_a_merge_that_is_heard_of_after_its_undoing_changes_nothing(
    harness: NotificationsHarness, api: Api
) -> None:
    merged, undone = (
        harness.body(kind(**PAIR)) for kind in (intake.FamiliesMerged, intake.FamilyMergeUndone)
    )
    harness.deliver(undone)
    harness.deliver(merged)
    assert [one.get("points_to") for one in harness.docs("PREFERENCES")] == [None, None]


def test_a_record_speaks_no_longer_for_one_that_has_moved_on_to_another(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(intake.FamiliesMerged(**PAIR))
    undone = harness.body(intake.FamilyMergeUndone(**PAIR))
    third = f"{FAMILY[:-1]}C"
    harness.tell(intake.FamiliesMerged(**PAIR | {"family_id": third}))
    harness.deliver(undone)
    found = {one["person_id"]: one for one in harness.docs("PREFERENCES")}
    assert found[FAMILY].get("records", {}) == {}
    assert found[OTHER]["points_to"] == third
    assert [*found[third]["records"]] == [OTHER]


def test_an_undoing_that_is_heard_of_after_the_next_merge_separates_nothing(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(intake.FamiliesMerged(**PAIR))
    harness.world.set_time(at("2026-09-14 11:00"))
    undone = harness.body(intake.FamilyMergeUndone(**PAIR))
    harness.world.set_time(at("2026-09-14 12:00"))
    harness.tell(intake.FamiliesMerged(**PAIR))
    harness.deliver(undone)
    found = {one["person_id"]: one for one in harness.docs("PREFERENCES")}
    assert [*found[FAMILY]["records"]] == [OTHER]
    assert found[OTHER]["points_to"] == FAMILY
