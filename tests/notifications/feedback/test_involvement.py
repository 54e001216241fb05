"""Who took part in the programme's affairs is asked the day after, and reminded once."""

from datetime import date

import pytest

from shared.events import cards, intake_rights
from shared.events.community import EngagementEnded
from tests.notifications.fakes import CARD, FAMILY, HQ, LEADER, NotificationsHarness
from tests.support.world import at

DONE = {
    "region": "ZR",
    "engagement_id": "eng_1",
    "level": "operational",
    "role": "consultant",
    "started_on": date(2026, 9, 1),
    "ended_on": date(2026, 9, 14),
    "district_id": "D01",
}


def letters(harness: NotificationsHarness, reader: str) -> list[tuple[str, str]]:
    """The template and the link of each message to somebody, in order."""
    return [
        (each.template, each.text.rpartition("/forms/")[2].split()[0].rstrip("."))
        for each in harness.gateway.messages.values()
        if each.recipient_role == reader
    ]


@pytest.mark.requirement("S3-37")
@pytest.mark.parametrize(
    ("person", "reader", "short"),
    [({"family_id": FAMILY}, "family", "family"), ({"card_id": CARD}, "foster_parent", "holder")],
)
def test_the_link_comes_next_day_and_who_does_not_answer_is_reminded_once(
    harness: NotificationsHarness, person: dict[str, str], reader: str, short: str
) -> None:
    harness.tell(EngagementEnded.model_validate(DONE | person))

    harness.world.advance(at("2026-09-15 08:59"))
    assert letters(harness, reader) == []
    harness.world.advance(at("2026-09-15 09:00"))
    ((first, link),) = letters(harness, reader)
    assert first == f"engagement_ended_{short}"
    (sent,) = harness.world.events("notifications.FeedbackLinkSent")
    assert (sent["data"]["form"], sent["data"].items() >= person.items()) == ("involvement", True)

    harness.world.advance(at("2026-09-22 08:59"))
    assert len(letters(harness, reader)) == 1
    harness.world.advance(at("2026-09-22 09:01"))
    harness.world.advance(at("2026-10-20 12:00"))
    _, (again, second) = letters(harness, reader)
    assert again == f"form_unanswered_{short}"
    assert len(harness.docs("FEEDBACK")) == 1
    assert len(harness.world.events("notifications.FeedbackLinkSent")) == 1

    harness.world.set_time(at("2026-10-14 12:00"))
    public, said = harness.world.api("notifications"), {"score": 4, "heard": 5}
    assert public.post(f"/feedback/{second}", said, key="a").status == 201
    assert public.get(f"/feedback/{link}").code == "form_answered"
    listed = public.as_(HQ).get("/feedback-answers").json["items"]
    assert [each["score"] for each in listed] == [4], "no other side is waited for"


def test_who_has_answered_is_not_reminded_and_a_low_score_of_a_holder_is_a_leaders_work(
    harness: NotificationsHarness,
) -> None:
    harness.tell(EngagementEnded.model_validate(DONE | {"card_id": CARD}))
    harness.world.advance(at("2026-09-15 09:00"))
    ((_, link),) = letters(harness, "foster_parent")
    public = harness.world.api("notifications")
    said = {"score": 1, "heard": 2, "comment": "Меня не слушали"}

    assert public.post(f"/feedback/{link}", said, key="a").status == 201
    harness.world.advance(at("2026-09-30 12:00"))

    assert len(letters(harness, "foster_parent")) == 1
    assert "remind_at" not in harness.docs("FEEDBACK")[0]
    (item,) = public.as_(LEADER).get("/inbox", query={"district_id": "D01"}).json["items"]
    assert (item["kind"], item["reference"], item["urgent"]) == ("call_back", CARD, True)
    harness.tell(
        cards.CardErased(
            region="ZR", card_id=CARD, holder_ref="1", issued_month="2026-09", holder_too=True
        )
    )
    assert public.as_(LEADER).get("/inbox", query={"district_id": "D01"}).json["items"] == []
    (key,) = [row for row in harness.world.rows("notifications-keys") if CARD in row["pk"]["S"]]
    assert "erased_at" in key


def test_a_family_that_was_unhappy_while_it_helped_is_not_said_to_complain_of_help(
    harness: NotificationsHarness,
) -> None:
    harness.tell(EngagementEnded.model_validate(DONE | {"family_id": FAMILY}))
    harness.world.advance(at("2026-09-15 09:00"))
    ((_, link),) = letters(harness, "family")
    public = harness.world.api("notifications")

    assert public.post(f"/feedback/{link}", {"score": 1, "heard": 1}, key="a").status == 201
    harness.world.settle()

    # No help of a guardian was rated: nothing to put beside another answer, or into its figures.
    (received,) = harness.world.events("notifications.FeedbackReceived")
    assert {name: received["data"].get(name) for name in ("pair", "needs_met")} == {
        "pair": None, "needs_met": None,
    }  # fmt: skip
    (item,) = public.as_(HQ).get("/inbox").json["items"]
    assert (item["template"], item["reference"]) == ("low_score_received_hq", FAMILY)
    assert item["text"].startswith("Срочно! Семья помогала программе, и ей было плохо с нами")


def test_an_end_that_names_nobody_asks_nobody(harness: NotificationsHarness) -> None:
    harness.tell(EngagementEnded.model_validate(DONE))

    harness.world.advance(at("2026-09-15 12:00"))

    assert harness.docs("MESSAGE") == []


def test_a_question_for_tomorrow_holds_up_no_news_of_today(harness: NotificationsHarness) -> None:
    harness.tell(EngagementEnded.model_validate(DONE | {"family_id": FAMILY}))
    answered = {"region": "ZR", "family_id": FAMILY, "kind": "export", "outcome": "done"}
    harness.tell(intake_rights.PersonAnswered.model_validate(answered))

    assert [each.template for each in harness.gateway.to("family")] == ["person_answered_family"]
