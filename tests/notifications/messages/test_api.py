"""The status of messages, for the staff."""

from dataclasses import replace
from datetime import timedelta

from shared.events import cards, intake
from tests.notifications.fakes import (
    CARD,
    CASE,
    FAMILY,
    FAMILY_SIGNED_IN,
    FEDERAL,
    HOLDER_SIGNED_IN,
    HQ,
    HQ_ELSEWHERE,
    LEADER,
    OF_CARD,
    OF_CASE,
    OF_HOLDER,
    OPERATIONS,
    REQUEST,
    NotificationsHarness,
)
from tests.notifications.news import RECEIVED
from tests.notifications.pacing.bursts import revoked
from tests.support.api import Api
from tests.support.world import at

ENDED = {**OF_HOLDER, "reason": "other"}


def test_the_status_of_messages_is_shown_without_their_words(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(RECEIVED)
    harness.owners.refusals = {CASE: "not_found"}
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))

    found = [
        message
        for about in (REQUEST, CASE)
        for message in api.get("/messages", query={"reference": about}).json["items"]
    ]
    assert {one["template"]: one["status"] for one in found if one["audience"] == "family"} == {
        "request_received_family": "sent",
        "care_requirement_lifted_family": "failed",
    }
    assert not {"text", "address", "subject"} & set(found[0])
    (failed,) = api.get("/messages").json["items"]
    assert failed["template"] == "care_requirement_lifted_family"
    assert api.as_(OPERATIONS).get("/messages?region=ZR").json["items"] == [failed]
    assert api.as_(HQ_ELSEWHERE).get("/messages", query={"reference": CASE}).json["items"] == []


def test_who_works_for_all_regions_finds_what_reached_nobody_page_by_page(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.refusals = {CASE: "not_found"}
    for number, region in enumerate(("YY", "ZR", "ZR")):
        harness.world.set_time(at(f"2026-09-14 1{number + 1}:00"))
        harness.tell(intake.CareRequirementLifted(**{**OF_CASE, "region": region}, reason="other"))

    for everywhere in (FEDERAL, OPERATIONS):
        asked, regions = api.as_(everywhere), list[str]()
        cursor = None
        while cursor or not regions:
            query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
            page = asked.get("/messages", query=query).json
            regions += [one["region"] for one in page["items"]]
            cursor = page["next_cursor"]
        assert regions == ["ZR", "ZR", "YY"], "the latest first"
        of_one = asked.get("/messages", query={"region": "YY"}).json["items"]
        assert [one["region"] for one in of_one] == ["YY"]
    assert api.as_(HQ_ELSEWHERE).get("/messages").json["items"] == of_one
    assert api.as_(FEDERAL).get("/messages", query={"reference": CASE}).code == "region_required"


def test_a_person_reads_what_it_was_sent_and_nothing_else(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(RECEIVED)
    harness.tell(cards.CardRevoked.model_validate(ENDED))

    own = api.as_(FAMILY_SIGNED_IN).get("/own-messages").json["items"]
    assert [(one["subject"], one["status"], one["channel"]) for one in own] == [
        ("Мы получили вашу заявку", "sent", "bot")
    ]
    assert not {"template", "provider", "text", "attempts"} & set(own[0])
    (of_card,) = api.as_(HOLDER_SIGNED_IN).get("/own-messages").json["items"]
    assert of_card["reference"] == CARD
    stranger = replace(FAMILY_SIGNED_IN, id=f"{FAMILY[:-1]}B")
    assert api.as_(stranger).get("/own-messages").json["items"] == []
    assert api.get("/own-messages").status == 403
    # A token of another service opens nothing but what its people may.
    wrong = replace(FAMILY_SIGNED_IN, audience="cards")
    assert api.as_(wrong).get("/own-messages").status == 401
    for path in ("/inbox", "/messages", "/figures"):
        refused = api.as_(FAMILY_SIGNED_IN).get(path, query={"region": HQ.regions[0]})
        assert (path, refused.code) == (path, "not_found")


def test_a_person_reads_all_that_it_was_sent_page_by_page_and_no_page_is_empty(
    harness: NotificationsHarness, api: Api
) -> None:
    numbers = range(6)
    for number in numbers:
        harness.world.set_time(at(f"2026-09-14 1{number}:00"))
        harness.tell(revoked(number))
    for limit in (2, 4, 6, 9):
        pages, query = list[list[str]](), {"limit": str(limit)}
        while query:
            page = api.as_(HOLDER_SIGNED_IN).get("/own-messages", query=query).json
            pages.append([each["reference"][-1] for each in page["items"]])
            more = page["next_cursor"]
            query = {"limit": str(limit), "cursor": more} if more else {}
        newest_first = [str(number) for number in reversed(numbers)]
        assert pages == [newest_first[each : each + limit] for each in numbers[::limit]]


def test_what_was_sent_is_kept_for_400_days_and_what_is_under_way_until_it_ends(
    harness: NotificationsHarness,
) -> None:
    harness.tell(cards.CardRevoked.model_validate(ENDED))
    harness.world.set_time(at("2026-09-14 23:00"))
    harness.tell(revoked(1))
    kept = {
        row["due_at"]["S"] if "due_at" in row else "": int(row.get("expires_at", {"N": "0"})["N"])
        for row in harness.world.rows("notifications-data")
        if row.get("type", {}).get("S") == "MESSAGE"
    }
    assert kept == {
        "": (at("2026-09-14 10:00") + timedelta(days=400)).timestamp(),
        "2026-09-15T05:00:00.000Z": 0,
    }


def test_news_of_a_family_that_may_not_be_written_to_is_found_with_its_reason(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.owners.refusals = {CASE: "no_consent"}
    harness.tell(intake.CaseReopened(**OF_CASE, reason="other"))

    found = api.get("/messages", query={"reference": CASE}).json["items"]

    (silenced,) = [one for one in found if one["audience"] == "family"]
    assert (silenced["status"], silenced["reason"]) == ("withheld", "no_consent")
    assert silenced["template"] == "case_reopened_family"
    assert silenced["sent_at"] is None
    (told,) = harness.world.events("notifications.MessageWithheld")
    assert told["data"]["reason"] == "no_consent"


def test_what_could_reach_nobody_is_listed_by_region_and_for_leaders_by_district(
    harness: NotificationsHarness, api: Api
) -> None:
    """A person's own wish is no want of a contact, and leaders hear of holders of cards alone."""
    other, wished = CARD.replace("A", "B"), CARD.replace("A", "C")
    harness.owners.refusals = {
        CARD: "not_found", other: "contact_stolen", wished: "no_consent", REQUEST: "no_channel",
    }  # fmt: skip
    harness.tell(RECEIVED)
    for card, district in ((CARD, "D01"), (other, "D02"), (wished, "D01")):
        about = {"card_id": card, "district_id": district}
        harness.tell(cards.CardIssued.model_validate(OF_CARD | about))

    def unreached(caller: Api, **query: str) -> list[tuple[str, str]]:
        items = caller.get("/messages", query=query).json["items"]
        return sorted((each["reference"], each["status"]) for each in items)

    first, second = (CARD, "failed"), (other, "withheld")
    assert unreached(api) == sorted([first, second, (REQUEST, "withheld")])
    assert unreached(api.as_(LEADER)) == [first, second]
    assert unreached(api.as_(LEADER), district_id="D02") == [second]
    of_one = api.as_(replace(LEADER, districts=("D01",)))
    assert unreached(of_one) == [first]
    assert of_one.get("/messages", query={"district_id": "D02"}).status == 404
    assert of_one.get("/messages", query={"reference": CARD}).status == 403
    for about in ({}, {"reference": CARD}):
        refused = api.get("/messages", query=about | {"district_id": "D01"})
        assert refused.code == "district_not_asked", about
        assert "задач" not in refused.text, "they are messages"
    assert api.as_(HQ_ELSEWHERE).get("/messages", query={"region": "ZR"}).status == 404
