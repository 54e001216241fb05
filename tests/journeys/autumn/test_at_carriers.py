"""What arrives at the carriers' servers at each step of the stories: no more, and no less.

The files under `golden` are to be read aloud: they hold every step, and every word that it sends.
"""

import json
from collections import Counter
from pathlib import Path

from demo.data import table
from shared.privacy.contact import normalise_phone
from tests.journeys.autumn.conftest import AllStories
from tests.journeys.diary import assert_as_committed
from tests.support.carriers import carrier_server

OF_CHANNEL = {"sms": "smsc", "email": "ses", "phone_task": "gateway"}
PEOPLE = ("family", "guardian_rep", "foster_parent")


def chosen() -> dict[str, str]:
    """The carrier that the cast has chosen, by its address."""
    found = {}
    for name in ("families", "guardians", "cards"):
        for facts in table(name).values():
            channel = facts.get("channel", "sms")
            carrier, _, place = str(facts.get("address", "")).rpartition(":")
            if channel in ("sms", "phone_task"):
                place = normalise_phone(facts["phone"])
            found[place] = OF_CHANNEL.get(channel, carrier)
    return found


def test_each_step_of_the_autumn_sends_exactly_its_messages(all_stories: AllStories) -> None:
    assert_as_committed(all_stories.diary, "autumn")


def test_everybody_is_written_to_by_the_channel_that_they_have_chosen(
    all_stories: AllStories,
) -> None:
    sent = [each for each in all_stories.journey.messages() if each["recipient_role"] in PEOPLE]
    ways, ids = chosen(), Counter(each["message_id"] for each in sent)
    cast = [each for each in sent if each["to"] in ways and ids[each["message_id"]] == 1]
    second = {(each["template"], each["carrier"]) for each in sent if ids[each["message_id"]] > 1}

    assert [each for each in cast if each["carrier"] != ways[each["to"]]] == []
    assert {each["carrier"] for each in cast} == {
        "max", "vk", "telegram", "smsc", "ses", "gateway",
    }  # fmt: skip
    # That somebody has switched a card off is urgent, and a bot does not say whether it came.
    assert second == {("card_blocked_holder", "max"), ("card_blocked_holder", "smsc")}


def test_a_family_with_a_telephone_alone_was_told_when_it_was_called(
    all_stories: AllStories,
) -> None:
    rows = all_stories.journey.world.rows("notifications-data")
    messages = [json.loads(r["doc"]["S"]) for r in rows if r["pk"]["S"].startswith("MESSAGE#")]
    called = [each for each in messages if each.get("channel") == "phone_task"]

    assert [(each["template"], each["status"]) for each in called] == [
        ("care_required_family", "delivered")
    ]


def test_a_copy_at_another_carrier_is_seen(tmp_path: Path) -> None:
    with carrier_server(tmp_path) as server:
        for carrier in ("max", "smsc", "smsc"):
            server.provider.keep("msg_1", {"carrier": carrier}, "2026-09-14T06:00:00Z")

        assert [each["carrier"] for each in server.provider.messages()] == ["max", "smsc"]
        assert server.copies() == {"msg_1": 3}
