"""The autumn of the demo region, all stories on one clock: its dates, lists, figures, silence."""

import json
from collections import Counter
from typing import Any

import pytest

from demo.care_actions import candidates
from demo.data import private_words, table
from demo.stories import FAMILIES, OTHERS, steps_of_all
from demo.story_run import Step
from tests.journeys.autumn.conftest import NOW, AllStories
from tests.support.log_lines import metric_lines

# matching -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def figures(all_stories: AllStories) -> Any:
    """What matching answers for."""
    return all_stories.get("HQ-1", "/matching/v1/regions/ZR/figures?first=2026-09&last=2026-11")


@pytest.mark.requirement("S4-41")
def test_k04_introductions_in_time(figures: Any) -> None:
    assert (figures["proposals"], figures["introductions_held"]) == (8, 7)
    assert figures["introductions_in_time"] == {"good": 6, "all": 7, "percent": 85.7}


def test_k05_and_k06_calls_on_time(figures: Any) -> None:
    two_weeks, one_month = figures["two_week_calls"], figures["one_month_calls"]

    assert two_weeks["on_time"] == {"good": 5, "all": 6, "percent": 83.3}
    assert (two_weeks["missed"], two_weeks["open"]) == (1, 0)
    assert one_month["on_time"] == {"good": 3, "all": 3, "percent": 100.0}
    assert (one_month["open"], one_month["cancelled"]) == (1, 2)


def test_k08_endings(figures: Any) -> None:
    assert set(figures["endings"]["by_reason"].values()) == {1}
    assert figures["endings"]["all_needs_met"]["percent"] == 25.0


def test_k09_the_funnel_of_guardians(figures: Any) -> None:
    shown = {status: n for status, n in figures["guardians_by_status"].items() if n}

    assert shown == {
        "rejected": 1, "clarification": 1, "approved": 1, "assigned": 1, "ready": 1,
        "caring": 3, "paused": 1,
    }  # fmt: skip
    assert figures["guardians_reached"] == {
        "applied": 9, "approved": 7, "assigned": 6, "ready": 5, "caring": 5,
    }  # fmt: skip


def test_the_federal_headquarters_sees_no_small_number_of_families(all_stories: AllStories) -> None:
    def shown(who: str, path: str, first: str = "2026-09", last: str = "2026-11") -> Any:
        return all_stories.get(who, f"/matching/v1/{path}?first={first}&last={last}")

    whole = shown("FH-1", "figures")
    rows = {each["region"]: each for each in whole["regions"]}
    assert shown("FH-1", "regions/ZR/figures") == rows["ZR"]
    for of in (rows["ZR"], whole["total"]):
        assert of["families_in_care"] is None
        assert set(of["endings"]["by_reason"].values()) == {None}
        assert of["introductions_in_time"]["good"] is None
        assert of["introductions_in_time"]["percent"] is None
    proposals = [
        (
            shown("HQ-1", "regions/ZR/figures", *months)["proposals"],
            shown("FH-1", "figures", *months)["total"]["proposals"],
        )
        for months in (("2026-09", "2026-09"), ("2026-10", "2026-10"), ("2026-09", "2026-10"))
    ]
    # Seven of two months, six of the second: the one of the first would be no secret.
    assert proposals == [(1, None), (6, 6), (7, None)]
    assert whole["total"]["guardians_by_status"]["caring"] == 3


@pytest.mark.requirement("S4-35")
def test_the_register_and_the_work_of_the_region(all_stories: AllStories) -> None:
    def listed(path: str, of: str) -> list[str]:
        items = all_stories.get("HQ-1", f"/matching/v1/{path}")["items"]
        return [all_stories.run.named(each[of]) for each in items]

    assert sorted(listed("guardians", "guardian_id")) == [
        "G-01", "G-02", "G-03", "G-04", "G-05", "G-08", "G-10",
    ]  # fmt: skip
    assert listed("guardians?category=food_aid&district_id=D03", "guardian_id") == ["G-02"]
    assert set(listed("families", "case_id")) == {"F-05", "F-08"}
    work = all_stories.get("HQ-1", "/matching/v1/work?due=today")["items"]
    matches = {match: family for family, match in all_stories.run.matches.items()}
    assert [(matches[each["match_id"]], each["work"], each["hours_left"] < 0) for each in work] == [
        ("F-02", "ask_for_report", True),
        ("F-03", "make_one_month_call", False),
    ]


def test_k01_to_k03_who_is_in_care_and_who_waits(all_stories: AllStories, figures: Any) -> None:
    listed = {
        status: {
            all_stories.run.named(row["id"])
            for row in all_stories.get("HQ-1", f"/intake/v1/cases?status={status}")["items"]
        }
        for status in ("care_required", "matched", "in_care", "closed")
    }

    assert figures["families_in_care"] == 3
    assert listed == {
        "in_care": {"F-02", "F-03", "F-04"},
        "care_required": {"F-05", "F-08"},
        "matched": set(),
        "closed": {"F-01", "F-06", "F-07"},
    }


def test_k07_what_families_answer(all_stories: AllStories) -> None:
    asked = {event["case_id"] for event in all_stories.told("notifications.FeedbackLinkSent")}
    answers = all_stories.get("HQ-1", "/notifications/v1/feedback-answers")["items"]
    scores = {all_stories.run.named(answer["case_id"]): answer["score"] for answer in answers}

    assert {all_stories.run.named(case) for case in asked} == {f"F-0{n}" for n in range(1, 7)}
    assert scores == {"F-01": 5, "F-02": 4, "F-03": 4, "F-04": 2, "F-05": 1}
    assert sum(scores.values()) / len(scores) == 3.2
    low = all_stories.told("notifications.LowScoreReceived")
    assert sorted(all_stories.run.named(event["case_id"]) for event in low) == ["F-04", "F-05"]


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("F-05", [("G-01", 1.0, True), ("G-05", 1.0, False)]),
        ("F-08", [("G-03", 0.5, True), ("G-01", 0.5, False)]),
    ],
)
def test_candidates(
    all_stories: AllStories, family: str, expected: list[tuple[str, float, bool]]
) -> None:
    found = candidates(all_stories.run, Step(family, NOW))
    named = all_stories.run.named

    assert [
        (named(each["guardian_id"]), each["coverage"], each["same_district"])
        for each in found["candidates"]
    ] == expected
    if family == "F-05":
        rules = {named(each["guardian_id"]): each["rule"] for each in found["unsuitable"]}
        assert rules["G-03"] == "excluded_by_conflict"
        assert rules["G-04"] == "paused"
        assert rules["G-08"] == "not_ready"


@pytest.mark.requirement("S4-41", "X-09")
def test_the_dates_of_the_stories(all_stories: AllStories) -> None:
    def of(family: str) -> Any:
        return all_stories.get("HQ-1", f"/matching/v1/matches/{all_stories.run.matches[family]}")

    assert of("F-02")["introduction"]["held_at"] == "2026-10-08T06:00:00Z"
    assert of("F-02")["introduction"]["in_time"] is True
    assert of("F-03")["introduction"]["in_time"] is False
    assert of("F-03")["started_on"] == "2026-10-31"
    assert _due(of("F-03")) == ["2026-11-14", "2026-11-30"]
    assert _due(of("F-04")) == ["2026-12-06", "2026-12-22"]
    assert of("F-04")["guardian_id"] == all_stories.run.ids["G-05"]
    assert [call["status"] for call in of("F-05")["follow_ups"]] == ["missed", "cancelled"]
    overdue = all_stories.told("matching.IntroductionOverdue")
    assert [each["match_id"] for each in overdue] == [all_stories.run.matches["F-03"]]
    missed = all_stories.told("matching.FollowUpMissed")
    assert [each["match_id"] for each in missed] == [all_stories.run.matches["F-05"]]
    asked = [(each["match_id"], each["kind"]) for each in all_stories.told("matching.FollowUpDue")]
    assert len(asked) == len(set(asked)) == 6 + 4


def _due(match: Any) -> list[str]:
    return [call["due_on"] for call in match["follow_ups"]]


def test_every_message_went_out_once(all_stories: AllStories) -> None:
    sent = Counter(
        (m["event_id"], m["template"], m["carrier"]) for m in all_stories.journey.messages()
    )
    assert set(sent.values()) == {1}
    # What is urgent is written by a second channel, too (test_at_carriers says what).
    twice = [many for many in all_stories.journey.outbox.carried.values() if many > 1]
    assert twice == [2]


def test_a_bot_that_refuses_leaves_a_task_for_the_leader(all_stories: AllStories) -> None:
    failed = all_stories.told("notifications.MessageFailed")
    assert [event["reference"] for event in failed] == [all_stories.run.ids["FP-03"]]
    items = all_stories.get("CL-0", "/notifications/v1/inbox?limit=100")["items"]
    undelivered = [i["reference"] for i in items if i["template"] == "message_failed_leader"]
    assert undelivered == [all_stories.run.ids["FP-03"]]


@pytest.mark.parametrize(
    "metric",
    [
        "introduction_overdue",
        "follow_up_missed",
        "quarantined",
        "card_check_refused",
        "message_failed",
    ],
)
def test_the_autumn_raises_each_metric_that_people_on_duty_watch(
    all_stories: AllStories, metric: str
) -> None:
    lines = metric_lines(all_stories.log)

    assert sum(sum(line[metric]) for line in lines if metric in line) >= 1


# cards --------------------------------------------------------------------------------------


def test_k32_to_k35(all_stories: AllStories) -> None:
    report = all_stories.get("RA-1", "/cards/v1/report?region=ZR&quarter=2026-Q4")

    assert report["k32"] == {"issued": 200, "activated": 150, "percent": 75.0}
    assert report["k33"] == {
        "issued": 6, "activated": 5, "activated_percent": 83.3,
        "community_consent": 4, "community_consent_percent": 66.7,
    }  # fmt: skip
    assert (report["k34"]["active"], report["k34"]["districts_with"]) == (3, 5)
    assert len(report["k34"]["districts_without"]) == 7
    partner = all_stories.run.ids["PT-01"]
    october = all_stories.get("PT-01", f"/cards/v1/partners/{partner}/statistics?month=2026-10")
    assert (october["checks"], october["distinct_cards"]) == (25, 11)
    public = all_stories.run.get(None, "/cards/v1/public/partners?region=ZR")["items"]
    names = {all_stories.run.named(each["id"]) for each in public}
    assert names == {"PT-01", "PT-02", "PT-03"}


# what is never there --------------------------------------------------------------------------


@pytest.mark.requirement("X-08", "X-13")
def test_nothing_private_is_in_events_lines_metrics_or_open_rows(all_stories: AllStories) -> None:
    words = private_words() | _spoken()
    open_rows = [
        _open(row)
        for service in all_stories.journey.world.apps
        for kind in ("data", "outbox", "audit", "keys")
        for row in all_stories.journey.world.rows(f"{service}-{kind}")
        if not row["pk"]["S"].startswith("QUARANTINE#")
    ]
    places = {
        "events": json.dumps(all_stories.journey.world.bus.log, ensure_ascii=False),
        "lines and metrics": all_stories.log + all_stories.log.encode().decode("unicode_escape"),
        "rows": "\n".join(open_rows),
    }

    said = "\n".join(message["text"] for message in all_stories.journey.messages())
    assert len(words) > 60
    assert {"Анна Сергеевна", "Виктор"} <= {word for word in words if word in said}
    assert all_stories.log.count("duration_ms") > 1000
    assert {(w, place) for place, text in places.items() for w in words if w in text} == set()


def _spoken() -> set[str]:
    """Words that stories put into people's mouths, and the cards' numbers and codes."""
    keys = ("words", "comment", "note")
    steps = steps_of_all([*FAMILIES, *OTHERS])
    return {step.more[key] for step in steps for key in keys if key in step.more}


def _open(row: dict[str, Any]) -> str:
    """A row without its sealed attributes."""
    return json.dumps({k: v for k, v in row.items() if "B" not in v}, ensure_ascii=False)


def test_no_card_number_or_code_is_in_the_open(all_stories: AllStories) -> None:
    log = json.dumps(all_stories.journey.world.bus.log)
    secrets = {*all_stories.run.numbers.values(), *all_stories.run.codes.values()}
    cards = {number for number in secrets if len(number) == 16}

    assert len(cards) >= 200
    assert not [number for number in cards if number in log or number in all_stories.log]
    assert set(table("cards")) >= {f"FP-0{n}" for n in range(1, 9)}
