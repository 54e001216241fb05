"""Work is asked for once, and ends with the deed, in whatever order the events come."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.notifications.work_items import reactions
from services.notifications.work_subjects.repository import WorkSubjects
from shared.events import cards, cards_partners, cards_tables, intake, matching
from shared.events.base import Event
from shared.events.intake_rights import FamilyContactChanged
from shared.events.notifications import LowScoreReceived, MessageFailed
from tests.notifications.fakes import (
    ASKED,
    CARD,
    CASE,
    FAMILY,
    GUARDIAN,
    HQ,
    MATCH,
    OF_CASE,
    OF_MATCH,
    NotificationsHarness,
)
from tests.support.api import Api
from tests.support.world import at

OF_CARD = {
    "region": "ZR", "card_id": CARD, "holder_ref": "fp-1", "issued_month": "2026-09",
    "district_id": "D05",
}  # fmt: skip
LOST_IN_A_CALL = {"reason": "lost_with_phone", "unreachable": True, "by_hotline": True}
DUE = date(2026, 9, 14)
WAITS = at("2026-09-14 09:40")
CALL = {"kind": "two_weeks", "due_on": DUE}
RECEIVED = intake.RequestReceived(**ASKED, district_id="D05")
TRIAGED = intake.RequestTriaged(**OF_CASE, decision="care", district_id="D05")
CLOSED = intake.CaseClosed(**OF_CASE, reason="withdrawn")
FAILED = MessageFailed(
    region="ZR", reference=CASE, reason="unreachable", family_id=OF_CASE["family_id"],
    message_id="msg_1", template="care_required_family", audience="family",
)  # fmt: skip


def required(again: bool = False) -> intake.CareRequired:
    return intake.CareRequired(
        **OF_CASE, district_id="D05", needs=(), flagged_at=at("2026-09-14 10:00"),
        size_band="one_or_two", number="12345674", again=again,
    )  # fmt: skip


def proposed() -> matching.MatchProposed:
    return matching.MatchProposed(
        **OF_MATCH, introduction_due_at=at("2026-09-17 10:00"), categories=("food_aid",)
    )


@pytest.fixture
def api(harness: NotificationsHarness) -> Api:
    return harness.world.api("notifications", HQ)


def happened(harness: NotificationsHarness, *events: Event) -> list[str]:
    """Bodies of events that happened one minute after the other."""
    bodies = []
    for minute, event in enumerate(events):
        harness.world.set_time(at(f"2026-09-14 11:{minute:02d}"))
        bodies.append(harness.body(event))
    return bodies


def items(harness: NotificationsHarness, **wanted: Any) -> list[dict[str, Any]]:
    return [
        one for one in harness.docs("WORK_ITEM") if all(one.get(k) == v for k, v in wanted.items())
    ]


def waiting(harness: NotificationsHarness) -> list[tuple[str, str]]:
    """The kind and role of what is open."""
    return sorted((one["kind"], one["role"]) for one in items(harness) if one["status"] != "done")


# the deed ends the work -------------------------------------------------------------------------

ENDED: list[tuple[Sequence[Event], str]] = [
    ([RECEIVED, TRIAGED], "intake.RequestTriaged"),
    ([RECEIVED, CLOSED], "intake.CaseClosed"),
    (
        [
            matching.IntroductionDueSoon(**OF_MATCH, due_at=at("2026-09-17 10:00")),
            matching.IntroductionHeld(**OF_MATCH, held_at=at("2026-09-16 12:00"), in_time=True),
        ],
        "matching.IntroductionHeld",
    ),
    (
        [
            matching.FollowUpDue(**OF_MATCH, **CALL),
            matching.FollowUpDone(**OF_MATCH, **CALL, result="fine"),
        ],
        "matching.FollowUpDone",
    ),
    (
        [
            matching.ClarificationRequested(
                region="ZR", guardian_id=OF_MATCH["guardian_id"], invited_role="head"
            ),
            matching.ClarificationClosed(
                region="ZR", guardian_id=OF_MATCH["guardian_id"], result="satisfied"
            ),
        ],
        "matching.ClarificationClosed",
    ),
    (
        [
            FAILED,
            FamilyContactChanged(region="ZR", family_id=FAMILY, reference=f"cnt_1.{FAMILY}"),
        ],
        "intake.FamilyContactChanged",
    ),
    (
        [
            cards.PlacementEndReported(**OF_CARD, closes_on="2026-11-04"),
            cards.PlacementEndDismissed(**OF_CARD),
        ],
        "cards.PlacementEndDismissed",
    ),
    (
        [
            cards.CardHeld(**OF_CARD, because="same_phone", other_card_ids=("crd_2",)),
            cards.CardHoldDecided(**OF_CARD, decision="same_person"),
        ],
        "cards.CardHoldDecided",
    ),
    (
        [
            cards_partners.PartnerLeadAdded(
                region="ZR", partner_id="par_1", district_ids=("D05",), category="food",
                source="club",
            ),
            cards_partners.PartnerDeclined(
                region="ZR", partner_id="par_1", district_ids=("D05",), category="food",
                reason="other",
            ),
        ],
        "cards.PartnerDeclined",
    ),
]  # fmt: skip


@pytest.mark.parametrize("copies", [1, 3])
@pytest.mark.parametrize("late", [False, True], ids=["in order", "the deed first"])
@pytest.mark.parametrize(("events", "deed"), ENDED, ids=[deed for _, deed in ENDED])
def test_the_deed_ends_the_work_even_when_it_is_heard_of_first(
    harness: NotificationsHarness, events: Sequence[Event], deed: str, late: bool, copies: int
) -> None:
    bodies = happened(harness, *events)

    for body in reversed(bodies) if late else bodies:
        harness.deliver(*[body] * copies)

    done = [one for one in items(harness) if one.get("ended_by") == deed]
    assert {(one["status"], one["done_reason"]) for one in done} == {("done", "done")}
    assert {one["done_by"] for one in done} == {"system:notifications"}
    assert len({(one["kind"], one["role"]) for one in done}) == len(done)


def test_work_that_is_asked_for_anew_is_open_in_every_order(harness: NotificationsHarness) -> None:
    bodies = happened(harness, required(), proposed(), required(again=True))

    for number, order in enumerate(itertools.permutations(bodies)):
        case = f"{CASE[:-1]}{number}"
        for body in order:
            body = body.replace(CASE, case).replace('"evt_', f'"evt_{number}')
            harness.deliver(body)

        (still,) = (one for one in items(harness, reference=case) if one["status"] != "done")
        assert (still["kind"], still["variant"]) == ("find_guardian", "true"), order


@pytest.mark.parametrize("seed", range(10))
def test_a_shuffled_story_ends_like_the_story(harness: NotificationsHarness, seed: int) -> None:
    bodies = happened(
        harness,
        RECEIVED,
        TRIAGED,
        required(),
        proposed(),
        matching.FollowUpDue(**OF_MATCH, **CALL),
        matching.FollowUpMissed(**OF_MATCH, **CALL),
        matching.FollowUpDone(**OF_MATCH, **CALL, result="needs_changed"),
        matching.FollowUpDue(**OF_MATCH, kind="one_month", due_on=DUE),
    )
    harness.world.shuffle = random.Random(seed)

    harness.deliver(*bodies * 2)

    assert waiting(harness) == [("act_on_call", "regional_hq"), ("call_family", "regional_hq")]
    assert [one["detail"] for one in items(harness, kind="call_family", status="new")] == [
        "one_month"
    ]


def test_raising_and_ending_at_once_leaves_nothing_open(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second worker ends the work between what the first one reads and what it writes."""
    received, closed = happened(harness, RECEIVED, CLOSED)
    whole, other = WorkSubjects.of, [closed]

    def while_reading(self: WorkSubjects, subject_id: str) -> Any:
        found = whole(self, subject_id)
        if other:
            batch = {"Records": [{"messageId": "1", "body": other.pop()}]}
            assert harness.world.call("notifications", "on_messages", batch) == {
                "batchItemFailures": []
            }
        return found

    monkeypatch.setattr(WorkSubjects, "of", while_reading)
    harness.deliver(received)

    assert other == []
    assert waiting(harness) == []
    assert len(items(harness)) == 1


def test_more_work_than_a_commit_holds_is_ended_step_by_step(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    whole = harness.world.dynamodb.transact_write_items

    def counting(**request: Any) -> Any:
        sizes.append(len(request["TransactItems"]))
        return whole(**request)

    for event in (
        RECEIVED,
        intake.NeedsChanged(**OF_CASE, categories=(), needs=(), by_family=True),
        FAILED,
    ):
        harness.tell(event)
    harness.owners.change(channel="phone_task", address=None)
    harness.tell(intake.RequestTriaged(**OF_CASE, decision="one_time", district_id="D05"))
    harness.tell(required())
    harness.tell(intake.CaseReopened(**OF_CASE, reason="new_request"))
    assert len(waiting(harness)) == 6
    monkeypatch.setattr(harness.world.dynamodb, "transact_write_items", counting)
    monkeypatch.setattr(reactions, "ENDED_AT_ONCE", 2)

    harness.tell(CLOSED)

    calls = {"tell_by_phone", "check_contact"}
    assert {kind for kind, _ in waiting(harness)} == calls, "the family has another open case"
    second = CLOSED.model_copy(update={"case_id": "cas_2", "reason": "erased", "last": True})
    harness.tell(second)
    assert waiting(harness) == []
    assert max(sizes) <= 16
    assert harness.docs("WORK_SUBJECT")[0].get("due_at") is None


def test_calls_to_a_family_end_with_its_last_case_but_not_the_news_of_that(
    harness: NotificationsHarness,
) -> None:
    answer = {"form_id": "fbk_1", "form": "care", "score": 2, "match_id": MATCH}
    harness.owners.change(channel="phone_task", address=None)
    for event in (
        LowScoreReceived(**OF_CASE, **answer, guardian_id=GUARDIAN),
        TRIAGED.model_copy(update={"decision": "one_time"}),
    ):
        harness.tell(event)
    assert {"call_back", "tell_by_phone"} <= {kind for kind, _ in waiting(harness)}

    harness.world.set_time(at("2026-09-14 12:30"))
    harness.tell(CLOSED.model_copy(update={"last": True}))

    (told,) = items(harness, status="new")
    assert (told["kind"], told["news"]) == ("tell_by_phone", ["case_closed_family"])


def test_nobody_is_called_about_a_code_or_by_a_contact_of_before(
    harness: NotificationsHarness,
) -> None:
    for template in ("sign_in_requested_family", "family_contact_changed_family"):
        harness.tell(FAILED.model_copy(update={"template": template}))
    assert waiting(harness) == []

    harness.tell(FAILED)

    assert waiting(harness) == [("check_contact", "regional_hq")]


def test_a_question_is_reviewed_until_it_is_answered_or_becomes_a_case(
    harness: NotificationsHarness,
) -> None:
    of_request = {"region": "ZR", "programme": "service_member_care", "request_id": "req_7"}
    asked = intake.RequestReceived(
        **of_request, channel="hotline", initiated_by="self", purpose="information",
        confidentiality="confidential", district_id="D05",
    )  # fmt: skip
    harness.tell(asked)
    assert waiting(harness) == [("review_request", "regional_hq")]

    harness.tell(intake.RequestEnded(**of_request, reason="answered"))
    assert waiting(harness) == []

    another = of_request | {"request_id": "req_8"}
    harness.tell(asked.model_copy(update=another))
    joined = intake.RequestJoined(**another, case_id=CASE, district_id="D05", opened=True)
    harness.tell(joined)
    assert {each.get("reference") for each in items(harness) if each["status"] != "done"} == {CASE}


def test_a_family_that_asks_again_after_the_decision_is_work_until_something_is_done(
    harness: NotificationsHarness,
) -> None:
    repeated = RECEIVED.model_copy(update={"repeats": True})
    clarified = intake.NeedsChanged(**OF_CASE, categories=(), needs=())
    harness.tell(RECEIVED)
    harness.tell(clarified)
    assert waiting(harness) == [("review_request", "regional_hq")]
    harness.tell(intake.RequestTriaged(**OF_CASE, decision="one_time", district_id="D05"))
    harness.tell(repeated)
    assert ("review_request", "regional_hq") in waiting(harness)

    harness.tell(clarified.model_copy(update={"decided": True}))

    assert ("review_request", "regional_hq") not in waiting(harness)


def test_a_case_that_nobody_takes_climbs_to_the_lead_and_ends_when_it_is_taken(
    harness: NotificationsHarness, api: Api
) -> None:
    waits = {"district_id": "D05", "number": "10000008", "urgent": True, "waiting_since": WAITS}
    harness.tell(intake.CaseUntaken(**OF_CASE, **waits, climbs=False))
    assert waiting(harness) == [("take_case", "regional_hq")]
    assert api.get("/inbox", query={"lead": "true"}).status == 403

    harness.tell(intake.CaseUntaken(**OF_CASE, **waits, climbs=True))
    lead = api.as_(replace(HQ, id="HQ-1"))
    (item,) = lead.get("/inbox", query={"lead": "true"}).json["items"]
    assert "10000008" in item["text"]
    assert item["text"].startswith("Срочная заявка 10000008")
    assert lead.get("/inbox/counts", query={"lead": "true"}).json["urgent"] == 1
    assert [one["kind"] for one in lead.get("/inbox").json["items"]] == ["take_case"]

    taken = {"district_id": "D05", "number": "10000008", "taken_by": "HQ-2"}
    harness.tell(intake.CaseTaken(**OF_CASE, **taken))
    assert waiting(harness) == []


def test_a_colleague_learns_that_the_case_was_taken_over(
    harness: NotificationsHarness, api: Api
) -> None:
    taken = {"district_id": "D05", "number": "10000008", "taken_by": "HQ-2"}
    harness.tell(intake.CaseTaken(**OF_CASE, **taken, taken_from="HQ-3", reason="agreed"))

    (item,) = api.get("/inbox").json["items"]
    assert item["kind"] == "hand_over_case"
    assert "HQ-3, расскажите коллеге" in item["text"]
    assert "Теперь с семьёй работает HQ-2" in item["text"]
    harness.tell(CLOSED)
    assert waiting(harness) == []


@pytest.mark.requirement("S4-33")
def test_one_help_that_was_decided_on_is_work_until_it_is_given(
    harness: NotificationsHarness,
) -> None:
    harness.tell(TRIAGED.model_copy(update={"decision": "one_time"}))
    assert waiting(harness) == [("give_aid", "regional_hq")]

    harness.tell(
        intake.AidRecorded(
            **OF_CASE, aid_id="aid_1", category="food_aid", persons=3,
            beneficiary_key="key_1",
        )
    )  # fmt: skip

    assert waiting(harness) == []


# one item for one piece of work -----------------------------------------------------------------


def test_a_missed_call_is_the_same_call_and_urgent(harness: NotificationsHarness) -> None:
    harness.tell(matching.FollowUpDue(**OF_MATCH, **CALL))
    (before,) = items(harness, kind="call_family")
    harness.tell(matching.FollowUpMissed(**OF_MATCH, **CALL))

    (after,) = items(harness, kind="call_family")
    assert (before["item_id"], before["urgent"]) == (after["item_id"], False)
    assert (after["urgent"], after["template"]) == (True, "follow_up_missed_hq")


def test_one_call_tells_all_that_is_new(harness: NotificationsHarness, api: Api) -> None:
    harness.owners.change(channel="phone_task", address=None)

    harness.tell(required())
    harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))

    calls = [one for one in api.get("/inbox").json["items"] if one["kind"] == "tell_by_phone"]
    (call,) = calls
    assert "«Ищем организацию, которая вам поможет»" in call["text"]
    assert "«Мы уточняем, какая помощь вам нужна»" in call["text"]


# who is asked -----------------------------------------------------------------------------------


def test_a_card_whose_code_must_not_go_to_the_stolen_phone_is_handed_over(
    harness: NotificationsHarness,
) -> None:
    harness.owners.refusals = {CARD: "contact_stolen"}
    harness.tell(cards.CardIssued(**OF_CARD, replaces="crd_1"))

    (item,) = items(harness)
    assert (item["kind"], item["role"], item["district_id"]) == (
        "hand_over_card", "community_leader", "D05",
    )  # fmt: skip
    harness.owners.refusals = {}
    harness.tell(cards.CardActivated(**OF_CARD, via="leader"))
    assert waiting(harness) == []

    # news without a code is no reason to hand a card over
    harness.owners.refusals = {CARD: "contact_stolen"}
    harness.tell(cards.CardActivated(**OF_CARD, via="leader", again=True))
    harness.tell(cards.CardBlocked(**OF_CARD, reason="lost"))
    assert waiting(harness) == []


def test_who_lost_card_and_phone_is_helped_by_a_leader_whom_the_hotline_leads_to_the_caller(
    harness: NotificationsHarness,
) -> None:
    leader, hotline = (
        ("hand_over_card", "community_leader"),
        ("pass_on_lost_card", "hotline_operator"),
    )
    harness.tell(cards.CardBlocked(**OF_CARD, reason="stolen", unreachable=True))
    assert waiting(harness) == [leader]

    harness.tell(cards.CardBlocked(**OF_CARD, **LOST_IN_A_CALL))

    assert waiting(harness) == [leader, hotline]
    assert not any(one["urgent"] for one in items(harness))
    operator = replace(HQ, id="OP-1", role="hotline_operator", roles=("hotline_operator",))
    shown = harness.world.api("notifications", operator).get("/inbox").json["items"]
    assert [one["reference"] for one in shown] == [CARD]
    assert "с какого номера человек звонил" in shown[0]["text"]

    changed = {"region": "ZR", "contact_change_id": "cch_1", "holder_id": "hld_1"}
    harness.tell(cards.HolderContactChanged(**changed, notifies_former=False, card_id=CARD))
    assert waiting(harness) == [leader]  # who has found her: a new card is still to be given
    harness.tell(cards.CardReplaced(**OF_CARD, reason="stolen", replaced_by="crd_3"))
    assert waiting(harness) == []


def test_a_second_card_that_is_closed_is_not_handed_over(harness: NotificationsHarness) -> None:
    harness.tell(cards.CardBlocked(**OF_CARD, **LOST_IN_A_CALL))

    harness.tell(cards.CardHoldDecided(**OF_CARD, decision="different_person"))
    assert len(waiting(harness)) == 2
    harness.tell(cards.CardHoldDecided(**OF_CARD, decision="same_person"))

    assert waiting(harness) == []


@pytest.mark.parametrize("role", ["district_office", "community_leader"])
def test_codes_on_paper_are_the_work_of_who_sent_the_table_until_the_list_is_taken(
    harness: NotificationsHarness, role: str
) -> None:
    table = {"region": "ZR", "batch_id": "bat_1"}
    harness.tell(cards_tables.PaperCodesWaiting(**table, role=role, district_id="D05", cards=2))

    (item,) = items(harness, kind="hand_over_codes")
    assert (item["role"], item["district_id"], item["reference"]) == (role, "D05", "bat_1")
    harness.tell(cards_tables.PaperCodesTaken(**table))
    assert waiting(harness) == []


def test_a_call_about_news_ends_with_the_erasure_of_who_is_to_be_called(
    harness: NotificationsHarness,
) -> None:
    harness.owners.change(channel="phone_task", address=None)
    news = {"announcement_id": "ann_1", "news": "leaving", "day": "2026-11-01"}
    harness.tell(cards_partners.PartnerNewsDue(region="ZR", reference=f"ann_1.{CARD}", **news))
    harness.tell(cards.CardRevoked(**OF_CARD, reason="other"))
    assert waiting(harness) == [("tell_by_phone", "community_leader")]

    harness.tell(cards.CardErased(**OF_CARD, holder_too=True))
    assert waiting(harness) == []


@pytest.mark.parametrize(
    ("office", "role", "district"),
    [("D02", "district_office", "D02"), (None, "community_leader", "D05")],
)
def test_who_issued_a_card_mends_the_phone_that_its_code_did_not_reach(
    harness: NotificationsHarness, office: str | None, role: str, district: str
) -> None:
    harness.gateway.faults = ["refuse:blocked_by_user", "refuse:no_such_number"]
    harness.tell(cards.CardIssued(**OF_CARD, office_id=office))

    (item,) = items(harness, kind="check_contact")
    assert (item["role"], item["district_id"]) == (role, district)
    changed = {"contact_change_id": "cch_1", "holder_id": "hld_1", "notifies_former": False}
    harness.tell(cards.HolderContactChanged(region="ZR", card_id=CARD, **changed))
    assert waiting(harness) == []


def test_what_an_office_must_not_know_is_asked_of_the_leader(harness: NotificationsHarness) -> None:
    harness.gateway.faults = ["refuse:blocked_by_user", "refuse:no_such_number"]

    harness.tell(cards.CardBlocked(**OF_CARD, office_id="D02", reason="lost"))

    assert waiting(harness) == [("check_contact", "community_leader")]


def test_a_code_that_did_not_arrive_is_asked_for_again_and_is_no_work(
    harness: NotificationsHarness,
) -> None:
    harness.gateway.faults = ["refuse:blocked_by_user", "refuse:no_such_number"]

    harness.tell(
        cards.SignInRequested(
            region="ZR", sign_in_id="sgn_1", known=True, use="sign_in",
            expires_at="2100-01-01T00:00:00Z",
        )
    )  # fmt: skip

    assert harness.message()["status"] == "failed"
    assert items(harness) == []


def test_a_lead_for_many_districts_is_the_regions(harness: NotificationsHarness) -> None:
    for number, districts in enumerate([("D05",), ("D01", "D05")]):
        lead = {"partner_id": f"par_{number}", "district_ids": districts, "category": "food"}
        harness.tell(cards_partners.PartnerLeadAdded(region="ZR", source="club", **lead))

    found = {one["reference"]: one.get("district_id") for one in items(harness)}
    assert found == {"par_0": "D05", "par_1": None}


def test_a_request_is_urgent_when_a_need_is(harness: NotificationsHarness) -> None:
    for number, urgent in enumerate((False, True)):
        update = {"case_id": f"{CASE[:-1]}{number}", "urgent": urgent}
        harness.tell(RECEIVED.model_copy(update=update))

    assert [one["urgent"] for one in items(harness)] == [False, True]


# by hand ----------------------------------------------------------------------------------------


def test_a_person_closes_work_with_a_reason(harness: NotificationsHarness, api: Api) -> None:
    harness.tell(RECEIVED)
    path = f"/inbox/{api.get('/inbox').json['items'][0]['item_id']}/done"

    assert "unknown_code" in api.post(path, {"reason": "because"}, key="1").text
    assert api.post(path, {}, key="2").status == 422
    assert api.post(path, {"reason": "duplicate"}, key="3").status == 200

    (done,) = api.get("/inbox?done=true").json["items"]
    assert (done["done_by"], done["done_reason"], done["ended_by"]) == ("usr_1", "duplicate", None)
    reasons = [row["reason"]["S"] for row in harness.world.rows("notifications-audit")
               if row["action"]["S"] == "finish_item"]  # fmt: skip
    assert set(reasons) == {"duplicate"}


def test_what_happened_before_a_person_closed_the_work_opens_no_more(
    harness: NotificationsHarness, api: Api
) -> None:
    due, missed = happened(
        harness,
        matching.FollowUpDue(**OF_MATCH, **CALL),
        matching.FollowUpMissed(**OF_MATCH, **CALL),
    )
    harness.deliver(missed)
    item = api.get("/inbox").json["items"][0]["item_id"]
    api.post(f"/inbox/{item}/done", {"reason": "done"}, key="1")

    harness.deliver(due)

    assert api.get("/inbox").json["items"] == []


def test_reopened_work_ends_by_what_comes_after(harness: NotificationsHarness, api: Api) -> None:
    harness.tell(RECEIVED)
    item = api.get("/inbox").json["items"][0]["item_id"]
    harness.tell(TRIAGED)
    assert [one["item_id"] for one in api.get("/inbox?done=true").json["items"]] == [item]

    assert api.post(f"/inbox/{item}/reopen", key="1").json["status"] == "read"
    harness.tell(proposed())  # ends other work of the same case
    assert item in [one["item_id"] for one in api.get("/inbox").json["items"]]
    harness.tell(CLOSED)

    assert api.get("/inbox").json["items"] == []


def test_work_that_is_asked_for_anew_is_not_reopened_beside_it(
    harness: NotificationsHarness, api: Api
) -> None:
    harness.tell(required())
    old = api.get("/inbox").json["items"][0]["item_id"]
    harness.tell(proposed())
    harness.tell(required(again=True))

    refused = api.post(f"/inbox/{old}/reopen", key="1")

    assert (refused.status, refused.code) == (409, "item_asked_anew")
    assert len(api.get("/inbox").json["items"]) == 1
