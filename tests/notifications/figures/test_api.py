"""Sums of messages by day and channel, and how families answer (K-07)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.notifications.channels.port import DeliveryReport, DeliveryStatus
from services.notifications.figures.domain import (
    LATE,
    SAFE,
    SHARDS,
    AskedFamily,
    DaySums,
    FeedbackCounts,
    Outcome,
)
from services.notifications.figures.reactions import publish_sums
from services.notifications.figures.repository import (
    SO_FAR,
    AskedFamilies,
    DaySumsRepository,
    FeedbackCountsRepository,
)
from services.notifications.figures.views import (
    FeedbackFigures,
    feedback_of,
    feedback_of_regions,
)
from services.notifications.messages.domain import Message
from services.notifications.messages.repository import Messages
from services.notifications.sendings.ledger import SendLedger
from shared.events import intake
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.notifications.fakes import (
    CASE,
    FEDERAL,
    HQ,
    HQ_ELSEWHERE,
    LEADER,
    OF_CASE,
    OPERATIONS,
    REQUEST,
    NotificationsHarness,
)
from tests.notifications.news import CALL_DUE, RECEIVED
from tests.support.world import at

LIFTED = intake.CareRequirementLifted(**OF_CASE, reason="other")
NONE = {"sent": 0, "delivered": 0, "read": 0, "failed": 0, "withheld": 0, "unreachable": 0}


def heard(harness: NotificationsHarness, status: DeliveryStatus, times: int = 1) -> None:
    """Let the provider of the family's message say what became of it."""
    with harness.world.service("notifications"):
        (message,) = _to_family()
        for _ in range(times):
            context = CommandContext(system("test"), "hear", "cor_1")
            SendLedger.connect().hear(
                message, "gateway", DeliveryReport(status), context, awaits=False
            )
            message = Messages.connect().get(message.message_id)
    harness.world.settle()


def publish(harness: NotificationsHarness) -> None:
    """Let a deadline be heard of that was over before, or is put off since."""
    context = CommandContext(system("notifications"), "publish_sums", "cor_1")
    with harness.world.service("notifications"):
        publish_sums("ZR.2026-09-14", context, DaySumsRepository.connect())
    harness.world.settle()


def _to_family() -> list[Message]:
    found = Messages.connect().list_all("by_ref", f"REGION#ZR#{REQUEST}")
    return [each for each in found if each.audience == "family"]


def test_each_outcome_is_counted_once_on_the_day_of_its_region_and_published_when_it_is_over(
    harness: NotificationsHarness,
) -> None:
    body = harness.body(RECEIVED)
    harness.deliver(body, body)
    heard(harness, DeliveryStatus.DELIVERED)
    heard(harness, DeliveryStatus.READ, 2)
    for reason in ("not_found", "no_consent", "erased", "no_channel"):
        harness.owners.refusals = {CASE: reason}
        harness.tell(LIFTED)
    harness.owners.refusals = {}
    api = harness.world.api("notifications", HQ)
    failures = {"failed": 1, "withheld": 3, "unreachable": 2}

    told = api.get("/figures").json
    first = {each.pop("channel"): each for each in told["days"][0]["channels"]}
    assert first["bot"] == NONE | {"sent": 1, "delivered": 1, "read": 1}
    assert first["none"] == NONE | failures
    assert [(each["day"], told["month"]) for each in told["days"]] == [("2026-09-14", "2026-09")]

    # The day is over at midnight of the region; an hour is left for what is late.
    harness.world.advance(at("2026-09-15 00:59"))
    publish(harness)
    assert harness.world.events("notifications.MessagesSummed") == []
    harness.world.advance(at("2026-09-15 01:01"))
    publish(harness)
    (summed,) = harness.world.events("notifications.MessagesSummed")
    assert (summed["data"]["region"], summed["data"]["day"]) == ("ZR", "2026-09-14")
    assert {"channel": "none", **NONE, **failures} in summed["data"]["channels"]

    harness.world.advance(at("2026-09-15 12:00"))
    harness.tell(LIFTED)
    days = api.get("/figures", query={"month": "2026-09"}).json["days"]
    assert [each["day"] for each in days] == ["2026-09-14", "2026-09-15"]
    assert api.get("/figures", query={"month": "2026-08"}).json["days"] == []


def test_a_region_sees_its_own_figures_and_the_federation_all(
    harness: NotificationsHarness,
) -> None:
    harness.tell(RECEIVED)
    harness.tell(RECEIVED.model_copy(update={"region": "YY", "district_id": "D01"}))
    api = harness.world.api("notifications")

    of_all = api.as_(FEDERAL).get("/figures").json
    (bot,) = [each for each in of_all["channels"] if each["channel"] == "bot"]
    assert (of_all["region"], bot["sent"]) == (None, 2)
    by_region = {each["region"]: each["channels"] for each in of_all["regions"]}
    assert by_region["ZR"] == by_region["YY"] != []
    assert api.as_(HQ_ELSEWHERE).get("/figures").json["region"] == "YY"
    assert api.as_(OPERATIONS).get("/figures", query={"region": "ZR"}).json["region"] == "ZR"
    assert api.as_(HQ_ELSEWHERE).get("/figures", query={"region": "ZR"}).status == 404
    for regions in (("ZR",), ("*",)):
        assert api.as_(replace(LEADER, regions=regions)).get("/figures").status in (403, 404)


def test_k_07_counts_each_family_once_a_month_and_once_so_far(
    harness: NotificationsHarness,
) -> None:
    """Six families are asked and five answer, as in the demo: 83.3 %, 3.2 on average, two low."""
    scores = [5, 4, 3, 2, 2, None]
    api = harness.world.api("notifications")

    def ask(number: int, score: int | None) -> str:
        who = {"family_id": f"fam_{number:026d}", "case_id": f"cas_{number:026d}"}
        harness.tell(CALL_DUE.model_copy(update=who | {"match_id": f"mat_{number:026d}"}))
        link = harness.gateway.to("family")[-1].text.rpartition("/forms/")[2].split()[0]
        if score is not None:
            said = {"score": score, "needs_met": "yes"}
            key = f"{number}-{len(harness.bodies)}"
            assert api.post(f"/feedback/{link}", said, key=key).status == 201
            harness.world.settle()
        return link

    links = [ask(number, score) for number, score in enumerate(scores)]
    # What the other side says is no family's answer.
    asked = harness.gateway.to("guardian")[-1].text.rpartition("/forms/")[2].split()[0]
    assert api.post(f"/feedback/{asked}", {"score": 1}, key="guardian").status == 201
    harness.world.settle()
    own = api.as_(HQ).get("/figures").json
    counted = {"asked": 6, "answered": 5, "answered_share": 83.3, "mean_score": 3.2}
    assert own["feedback"] == own["feedback_so_far"] == counted | {"low_scores": 2}
    marked = {
        row["pk"]["S"].removeprefix("ASKED_FAMILY#").partition(".")[0]: "expires_at" in row
        for row in harness.world.rows("notifications-data")
        if row["pk"]["S"].startswith("ASKED_FAMILY#")
    }
    assert marked == {"2026-09": True, "all": False}

    # One that is silent may be guessed: others than its headquarters see none of it.
    hidden = dict.fromkeys(own["feedback"])
    of_all = api.as_(FEDERAL).get("/figures").json
    assert of_all["feedback"] == hidden
    assert {"region": "ZR", "feedback": hidden}.items() <= {
        name: value
        for each in of_all["regions"]
        if each["region"] == "ZR"
        for name, value in each.items()
    }.items()

    harness.world.set_time(at("2026-09-14 10:00") + timedelta(days=20))
    ask(0, 4)
    later = api.as_(HQ).get("/figures").json
    assert (later["feedback"]["asked"], later["feedback_so_far"]["asked"]) == (1, 6)
    assert later["feedback_so_far"]["answered_share"] == 83.3
    assert later["feedback_so_far"]["mean_score"] == 3.3

    # Who answers in October was asked in September.
    late = {"score": 5, "needs_met": "yes"}
    assert api.post(f"/feedback/{links[-1]}", late, key="late").status == 201
    harness.world.settle()
    asked_then, now = (
        api.as_(HQ).get("/figures", query=query).json for query in ({"month": "2026-09"}, {})
    )
    assert asked_then["feedback"]["answered"] == asked_then["feedback_so_far"]["answered"] == 6
    assert now["feedback"] == later["feedback"]


@pytest.mark.parametrize("link_event_comes", [False, True])
def test_who_answers_in_a_call_or_before_its_link_is_counted_was_asked(
    link_event_comes: bool,
) -> None:
    family = AskedFamily(id="2026-09.fam_1")
    counted = FeedbackCounts(id="ZR.2026-09").plus_answer(family, 5, low=False)
    answered = family.answer()
    if link_event_comes:
        counted = counted.plus_asked(answered)

    assert (counted.asked, counted.answered) == (1, 1)


def test_messages_of_a_burst_are_counted_in_shards_and_published_as_one_day(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lifted(number: int) -> None:
        harness.owners.refusals = {CASE: "not_found"}
        harness.tell(LIFTED, f"evt_{number:026d}")

    # As it was counted before there were shards.
    with harness.world.service("notifications"):
        days, day = DaySumsRepository.connect(), date(2026, 9, 14)
        before = days.of("ZR", day).plus("none", [Outcome.FAILED])
        days.save(CommandContext(system("test"), "count", "cor_1"), before)
    for number in range(100, 140):
        lifted(number)

    rows = {one["sums_id"]: one for one in harness.docs("DAY_SUMS")}
    assert len(rows) == SHARDS + 1
    own = rows.pop("ZR.2026-09-14")
    assert own["sums"] == {"none": {"failed": 1}}
    failed = (one["sums"].get("none", {}) for one in rows.values())
    assert sum(each.get("failed", 0) for each in failed) == 40
    # Once all of them are known, each outcome reads and writes its own shard alone.
    touched, before_versions = list[str](), _versions(harness)
    get_item = harness.world.dynamodb.get_item

    def got(**asked: Any) -> Any:
        touched.append(asked["Key"]["pk"]["S"])
        return get_item(**asked)

    monkeypatch.setattr(harness.world.dynamodb, "get_item", got)
    lifted(140)
    changed = {name: n - before_versions[name] for name, n in _versions(harness).items()}
    read = [each for each in touched if each.startswith("DAY_SUMS")]
    assert changed["ZR.2026-09-14"] == 0 and "DAY_SUMS#ZR.2026-09-14" not in read
    assert len(read) == sum(changed.values()) > 0

    harness.world.advance(at("2026-09-15 01:01"))
    (summed,) = harness.world.events("notifications.MessagesSummed")
    assert (summed["data"]["sums_id"], summed["data"]["day"]) == ("ZR.2026-09-14", "2026-09-14")
    counted = {each["channel"]: each for each in summed["data"]["channels"]}
    assert counted["none"] == {"channel": "none"} | NONE | {"failed": 42, "unreachable": 41}
    shown = harness.world.api("notifications", HQ).get("/figures").json["days"]
    assert [each["day"] for each in shown] == ["2026-09-14"]
    assert counted["none"] in shown[0]["channels"]


def _versions(harness: NotificationsHarness) -> dict[str, int]:
    return {
        row["pk"]["S"].partition("#")[2]: int(row["version"]["N"])
        for row in harness.world.rows("notifications-data")
        if row["pk"]["S"].startswith("DAY_SUMS#")
    }


def test_what_is_counted_late_is_published_with_all_of_its_day() -> None:
    noon, night = at("2026-09-14 12:00"), at("2026-09-15 00:00")
    day = DaySums(sums_id="ZR.2026-09-14", region="ZR", day=date(2026, 9, 14))
    shard = day.plus("sms", [Outcome.SENT])
    assert not shard.expected(noon)  # nothing is to be published yet

    day = day.expect(night, noon)
    shard = shard.due_with(day)

    assert day.due_at == night + LATE
    assert day.expect(night, night) is day and shard.expected(night)
    near = night + LATE - SAFE
    assert not shard.expected(near)  # it may be read before this one is written
    assert day.expect(night, near).due_at == near + LATE
    over = day.publish()
    assert over.due_at is None and over.expect(night, near).due_at == near + LATE


def test_families_of_a_burst_are_counted_in_shards_that_are_read_together(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    families = [f"fam_{number:026d}" for number in range(40)]
    tables = harness.world.dynamodb
    with harness.world.service("notifications"):
        counts, marks = FeedbackCountsRepository.connect(), AskedFamilies.connect()
        for number, family in enumerate(families):
            context = CommandContext(system("test"), "count", f"cor_{number}")
            rows = [
                counts.row(counts.of("ZR", period, family).plus_asked(marks.of(period, family)))
                for period in ("2026-09", SO_FAR)
            ]
            counts.store.commit(context, *rows)
    written = [row["pk"]["S"] for row in harness.world.rows("notifications-data")]
    assert sum("FEEDBACK_COUNTS#ZR.2026-09." in key for key in written) == SHARDS

    read, batch = list[int](), tables.batch_get_item

    def got(**asked: Any) -> Any:
        for part in asked["RequestItems"].values():
            keys = [key["pk"]["S"] for key in part["Keys"]]
            read.append(sum(key.startswith("FEEDBACK_COUNTS") for key in keys))
        return batch(**asked)

    monkeypatch.setattr(tables, "batch_get_item", got)
    own = harness.world.api("notifications", HQ).get("/figures").json
    assert (own["feedback"]["asked"], own["feedback_so_far"]["asked"]) == (40, 40)
    assert [number for number in read if number] == [2 * SHARDS]
    read.clear()
    of_all = harness.world.api("notifications", FEDERAL).get("/figures").json
    assert sum(read) == 2 * SHARDS * len(of_all["regions"])
    assert len([number for number in read if number]) <= 1 + sum(read) // 100


@pytest.mark.parametrize(
    ("asked", "answered", "low", "hidden"),
    [
        (20, 15, 0, False),
        (20, 20, 5, False),
        (20, 3, 0, True),
        (4, 0, 0, True),
        (20, 18, 0, True),
        (20, 15, 4, True),
        (20, 15, 1, True),
        (20, 19, 0, True),
        (1, 0, 0, True),
        (5, 0, 0, False),
    ],
)
def test_where_few_families_have_said_something_or_nothing_nobody_else_reads_it(
    asked: int, answered: int, low: int, hidden: bool
) -> None:
    counts = FeedbackCounts(id="x", asked=asked, answered=answered, answers=answered, low=low)

    assert (feedback_of(counts, hides_few=True) == FeedbackFigures()) is hidden
    assert feedback_of(counts, hides_few=False).asked == asked


ENOUGH = {"asked": 20, "answered": 15, "answers": 15}
FEW = {"asked": 9, "answered": 8, "answers": 8}


@pytest.mark.parametrize(
    ("regions", "hidden"),
    [
        ([ENOUGH, ENOUGH], False),
        ([ENOUGH, ENOUGH, FEW], True),  # the total less the others is that region
        ([ENOUGH, FEW, FEW], True),  # two without an answer
        ([ENOUGH, *[FEW] * 5], False),
        ([FEW], True),
        ([], False),
    ],
)
def test_a_total_is_not_shown_where_it_says_what_a_region_hides(
    regions: list[dict[str, int]], hidden: bool
) -> None:
    counts = [FeedbackCounts(id=str(n), **each) for n, each in enumerate(regions)]
    shown = feedback_of_regions(counts, hides_few=True)
    assert (shown == FeedbackFigures()) is hidden
    asked = sum(each["asked"] for each in regions)
    assert feedback_of_regions(counts, hides_few=False).asked == asked
