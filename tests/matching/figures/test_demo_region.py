"""F-01 … F-08 through the API: the dates of the story and the figures of the demo region."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.matching.api_client import FEDERAL, HQ, NAME, MatchingClient, introduction, rep
from tests.support.world import at, world_at

OFFERS: dict[str, dict[str, Any]] = {
    "G-01": {
        "capabilities": ["household_help", "repair_work"],
        "district_ids": ["D01", "D02", "D03", "D04"],
        "capacity_families": 2,
    },
    "G-02": {
        "legal_form": "educational_organization",
        "capabilities": ["child_leisure", "food_aid"],
        "district_ids": ["D03"],
        "capacity_families": 1,
    },
    "G-03": {
        "legal_form": "socially_oriented_ngo",
        "capabilities": ["animal_care", "household_help", "food_aid"],
        "district_ids": ["D02", "D05", "D12"],
        "capacity_families": 3,
    },
    "G-04": {
        "legal_form": "sole_proprietor_with_team",
        "team_size": 4,
        "capabilities": ["material_aid"],
        "district_ids": ["D07"],
        "capacity_families": 1,
    },
    "G-05": {
        "legal_form": "state_budget_institution",
        "capabilities": ["material_aid", "household_help", "child_leisure"],
        "district_ids": ["D07", "D09"],
        "capacity_families": 2,
    },
    "G-08": {"capabilities": ["food_aid"], "district_ids": ["D06"], "capacity_families": 1},
    "G-09": {"capabilities": ["child_leisure"], "district_ids": [], "capacity_families": 1},
    "G-10": {"capabilities": ["repair_work"], "district_ids": [], "capacity_families": 1},
}
NEEDS = {
    "F-01": ("D01", "household_help", "repair_work"),
    "F-02": ("D03", "child_leisure", "food_aid"),
    "F-03": ("D05", "animal_care", "household_help"),
    "F-04": ("D07", "material_aid"),
    "F-05": ("D02", "household_help"),
    "F-06": ("D09", "household_help", "other"),
    "F-08": ("D12", "animal_care", "repair_work"),
}


class Region:
    """The demo region, moved on by one line per step of the story."""

    def __init__(self, client: MatchingClient) -> None:
        self.client = client
        self.guardians: dict[str, str] = {}
        self.cases: dict[str, str] = {}
        self.matches: dict[str, str] = {}

    def offer(self, name: str) -> dict[str, Any]:
        """The application of a guardian of the cast."""
        told = dict(OFFERS[name])
        told["capabilities"] = [{"category": each} for each in told["capabilities"]]
        return told | {"title": name}

    def cast(self) -> None:
        """All guardians stand where the story begins."""
        for name in ("G-01", "G-02", "G-03", "G-04", "G-05"):
            self.guardians[name] = self.client.ready(**self.offer(name))
        self.guardians["G-08"] = self.client.assigned(**self.offer("G-08"))
        self.guardians["G-09"] = self.client.approved(**self.offer("G-09"))
        self.guardians["G-10"] = talked = self.client.applied(**self.offer("G-10"))
        self.client.do(FEDERAL, f"/guardians/{talked}/vetting")
        question = {"invited_role": "head", "question": "Сколько вас?"}
        self.client.do(FEDERAL, f"/guardians/{talked}/clarification", question)
        self.client.applied(legal_form="sole_proprietor_with_team", team_size=0, title="G-07")

    def flagged(self, name: str) -> None:
        """Intake sets the marker."""
        district, *categories = NEEDS[name]
        self.cases[name] = self.client.waiting(district, *categories)

    def propose(self, family: str, guardian: str, **override: Any) -> None:
        """A proposal."""
        self.matches[family] = self.client.proposed(
            self.cases[family], self.guardians[guardian], **override
        )

    def meet(self, family: str, moment: str) -> None:
        """The introduction, at that very second; F-03's was late."""
        body = introduction(f"{moment.replace(' ', 'T')}+04:00")
        if family == "F-03":
            body["late_reason"] = "family_asked_later"
        self.client.do(HQ, f"/matches/{self.matches[family]}/introduction", body)

    def sign(self, family: str, guardian: str) -> None:
        """Both signatures."""
        match = self.matches[family]
        wanted = [need["need_id"] for need in self.client.get(HQ, f"/matches/{match}")["needs"]]
        self.client.do(HQ, f"/matches/{match}/agreement", self.client.terms(*wanted))
        signatures = f"/matches/{match}/agreement/signatures"
        self.client.do(rep(self.guardians[guardian]), signatures, {})
        self.client.do(HQ, signatures, {"by": "family", "evidence": "paper"})

    def help(self, family: str, moment: str) -> None:
        """A help at that moment, UTC."""
        body = {"need_id": "ned_1", "given_at": moment}
        self.client.do(HQ, f"/matches/{self.matches[family]}/visits", body)

    def call(self, family: str, kind: str, result: str = "fine") -> None:
        """A call to the family."""
        path = f"/matches/{self.matches[family]}/calls"
        self.client.do(HQ, path, {"kind": kind, "result": result})

    def end(self, family: str, reason: str) -> None:
        """The headquarters ends the care."""
        self.client.do(HQ, f"/matches/{self.matches[family]}/ending", {"reason": reason})


def play(region: Region) -> None:
    """The story of autumn 2026, day by day."""
    day = region.client.at
    day("2026-09-10 09:00")
    region.cast()
    day("2026-09-14 10:50")
    region.flagged("F-01")
    day("2026-09-14 11:00")
    region.propose("F-01", "G-01")
    day("2026-09-16 11:00")
    day("2026-09-16 15:00")
    region.meet("F-01", "2026-09-16 15:00:00")
    day("2026-09-17 12:00")
    region.sign("F-01", "G-01")
    day("2026-09-18 14:00")
    region.help("F-01", "2026-09-18T09:00:00Z")
    day("2026-10-02 12:00")
    region.call("F-01", "two_weeks")
    october(region)
    november(region)
    day("2026-11-30 18:00")


def october(region: Region) -> None:
    """Four more families are proposed guardians."""
    day = region.client.at
    day("2026-10-05 10:00")
    region.flagged("F-02")
    region.propose("F-02", "G-02")
    day("2026-10-08 10:00")
    region.meet("F-02", "2026-10-08 10:00:00")
    region.sign("F-02", "G-02")
    day("2026-10-09 12:00")
    region.help("F-02", "2026-10-09T06:00:00Z")
    region.flagged("F-06")
    region.propose("F-06", "G-01", reason="other_district", uncovered=["other"])
    day("2026-10-10 09:00")
    too_far = {"reason": "too_far"}
    path = f"/matches/{region.matches['F-06']}/decline"
    region.client.do(rep(region.guardians["G-01"]), path, too_far)
    day("2026-10-12 09:30")
    region.flagged("F-04")
    region.propose("F-04", "G-04")
    day("2026-10-12 10:00")
    region.propose("F-06", "G-05", reason="partial", uncovered=["other"])
    day("2026-10-13 12:00")
    region.meet("F-04", "2026-10-13 11:00:00")
    region.meet("F-06", "2026-10-13 11:30:00")
    region.sign("F-06", "G-05")
    day("2026-10-14 12:00")
    region.help("F-06", "2026-10-14T06:00:00Z")
    day("2026-10-15 10:00")
    region.sign("F-04", "G-04")
    region.flagged("F-05")
    region.propose("F-05", "G-03")
    day("2026-10-16 12:00")
    region.help("F-04", "2026-10-16T06:00:00Z")
    region.meet("F-05", "2026-10-16 11:00:00")
    day("2026-10-18 12:00")
    region.call("F-01", "one_month")
    day("2026-10-19 12:00")
    region.sign("F-05", "G-03")
    day("2026-10-20 12:00")
    region.help("F-05", "2026-10-20T06:00:00Z")
    day("2026-10-23 12:00")
    region.call("F-02", "two_weeks")
    day("2026-10-23 16:00")
    region.flagged("F-03")
    region.propose("F-03", "G-03")
    day("2026-10-25 16:00")
    day("2026-10-26 16:00:01")
    day("2026-10-26 17:00")
    region.meet("F-03", "2026-10-26 17:00:00")
    day("2026-10-28 12:00")
    region.call("F-06", "two_weeks")
    region.sign("F-03", "G-03")
    day("2026-10-30 12:00")
    region.call("F-04", "two_weeks")
    day("2026-10-31 12:00")
    region.help("F-03", "2026-10-30T22:30:00Z")


def november(region: Region) -> None:
    """Endings of all four kinds, and families that wait again."""
    day, client = region.client.at, region.client
    day("2026-11-05 12:00")
    region.end("F-06", "needs_cannot_be_met")
    day("2026-11-06 12:00")
    day("2026-11-09 12:00")
    region.call("F-02", "one_month")
    day("2026-11-10 12:00")
    client.heard(region.matches["F-05"])
    region.end("F-05", "conflict")
    day("2026-11-12 12:00")
    client.closed(region.cases["F-06"], "redirected")
    tired = {"period": "2026-11", "done": "Помогали", "resources_ok": False}
    client.do(rep(region.guardians["G-04"]), f"/matches/{region.matches['F-04']}/reports", tired)
    day("2026-11-14 12:00")
    region.call("F-03", "two_weeks")
    day("2026-11-16 12:00")
    region.call("F-04", "one_month", "problem")
    notices = f"/matches/{region.matches['F-04']}/notices"
    exhausted = {"reason": "guardian_resources_exhausted"}
    day("2026-11-17 12:00")
    client.do(rep(region.guardians["G-04"]), notices, exhausted)
    day("2026-11-18 12:00")
    client.do(HQ, notices, exhausted | {"by": "family", "evidence": "phone_call"})
    region.end("F-04", "guardian_resources_exhausted")
    day("2026-11-19 10:00")
    region.propose("F-04", "G-05")
    day("2026-11-20 14:00")
    region.meet("F-04", "2026-11-20 14:00:00")
    client.settled(region.cases["F-01"], "household_help", "repair_work")
    region.end("F-01", "all_needs_met")
    day("2026-11-21 12:00")
    region.sign("F-04", "G-05")
    day("2026-11-22 12:00")
    region.help("F-04", "2026-11-22T06:00:00Z")
    day("2026-11-24 12:00")
    region.flagged("F-08")


@pytest.fixture(scope="module")
def region() -> Iterator[Region]:
    """The whole autumn, played once for all questions about it."""
    with world_at(at("2026-09-01 09:00"), ("matching",)) as world:
        client = MatchingClient(world)
        client.staffed()
        played = Region(client)
        play(played)
        yield played


@pytest.fixture(scope="module")
def figures(region: Region) -> Any:
    """What matching answers for at "now" of the demo."""
    return region.client.get(HQ, "/regions/ZR/figures", first="2026-09", last="2026-11")


def test_families_in_care(figures: Any) -> None:
    assert figures["families_in_care"] == 3


def test_introductions_in_time(figures: Any) -> None:
    assert (figures["proposals"], figures["introductions_held"]) == (8, 7)
    assert figures["introductions_in_time"] == {"good": 6, "all": 7, "percent": 85.7}


def test_calls_on_time(figures: Any) -> None:
    two_weeks, one_month = figures["two_week_calls"], figures["one_month_calls"]

    assert two_weeks["on_time"] == {"good": 5, "all": 6, "percent": 83.3}
    assert (two_weeks["missed"], two_weeks["open"]) == (1, 0)
    assert one_month["on_time"] == {"good": 3, "all": 3, "percent": 100.0}
    assert (one_month["open"], one_month["cancelled"]) == (1, 2)


def test_endings_by_reason(figures: Any) -> None:
    assert set(figures["endings"]["by_reason"].values()) == {1}
    assert figures["endings"]["all_needs_met"]["percent"] == 25.0


def test_the_funnel_of_guardians(figures: Any) -> None:
    shown = {status: n for status, n in figures["guardians_by_status"].items() if n}

    assert shown == {
        "rejected": 1,
        "clarification": 1,
        "approved": 1,
        "assigned": 1,
        "ready": 1,
        "caring": 3,
        "paused": 1,
    }
    assert figures["guardians_reached"] == {
        "applied": 9,
        "approved": 7,
        "assigned": 6,
        "ready": 5,
        "caring": 5,
    }


def test_stories_and_reports(figures: Any) -> None:
    assert figures["stories"] == {"submitted": 0, "cleared": 0}
    # The tired guardian of F-04 has reported; the family has another now.
    assert figures["reported_lately"] == {"good": 0, "all": 3, "percent": 0.0}


def test_the_federal_headquarters_sees_no_small_number_of_families(region: Region) -> None:
    asked = {"first": "2026-09", "last": "2026-11"}
    shown = region.client.get(FEDERAL, "/figures", **asked)
    rows = {each["region"]: each for each in shown["regions"]}
    alone = region.client.get(FEDERAL, "/regions/ZR/figures", **asked)

    assert (shown["first"], shown["last"]) == ("2026-09", "2026-11")
    assert alone == rows["ZR"]
    for of in (rows["ZR"], shown["total"]):
        assert of["families_in_care"] is None
        assert set(of["endings"]["by_reason"].values()) == {None}
        assert of["introductions_in_time"]["good"] is None
        assert of["introductions_in_time"]["percent"] is None
    proposals = [
        (
            region.client.get(HQ, "/regions/ZR/figures", first=first, last=last)["proposals"],
            region.client.get(FEDERAL, "/figures", first=first, last=last)["total"]["proposals"],
        )
        for first, last in (("2026-09", "2026-09"), ("2026-10", "2026-10"), ("2026-09", "2026-10"))
    ]
    # Seven of two months, six of the second: the one of the first would be no secret.
    assert proposals == [(1, None), (6, 6), (7, None)]
    assert shown["total"]["guardians_by_status"]["caring"] == 3
    assert region.client.api(HQ).get("/figures").status == 403


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("F-05", [("G-01", 1.0, True), ("G-05", 1.0, False)]),
        ("F-08", [("G-03", 0.5, True), ("G-01", 0.5, False)]),
    ],
)
def test_candidates(region: Region, family: str, expected: list[tuple[str, float, bool]]) -> None:
    found = region.client.get(HQ, f"/families/{region.cases[family]}/candidates")
    names = {guardian: name for name, guardian in region.guardians.items()}

    assert [
        (names[each["guardian_id"]], each["coverage"], each["same_district"])
        for each in found["candidates"]
    ] == expected
    if family == "F-05":
        rules = {names[each["guardian_id"]]: each["rule"] for each in found["unsuitable"]}
        assert rules["G-03"] == "excluded_by_conflict"
        assert rules["G-04"] == "paused"
        assert rules["G-08"] == "not_ready"


def test_a_plain_proposal_for_f08_is_refused(region: Region) -> None:
    body = {"case_id": region.cases["F-08"], "guardian_id": region.guardians["G-03"]}

    assert region.client.post(HQ, "/matches", body).status == 409


@pytest.mark.requirement("S4-35")
def test_the_register_of_the_region(region: Region) -> None:
    names = {guardian: name for name, guardian in region.guardians.items()}
    everybody = region.client.get(HQ, "/guardians")["items"]
    food = region.client.get(HQ, "/guardians", category="food_aid", district_id="D03")["items"]

    assert sorted(names[each["guardian_id"]] for each in everybody) == [
        "G-01", "G-02", "G-03", "G-04", "G-05", "G-08", "G-10",
    ]  # fmt: skip
    assert [names[each["guardian_id"]] for each in food] == ["G-02"]
    export = region.client.do(HQ, "/exports", {"region": "ZR", "kind": "guardians"})["id"]
    lines = region.client.world.files.objects[f"exports/{export}/list.csv"].decode("utf-8-sig")
    head, *rows = lines.splitlines()
    assert len(rows) == len(everybody)
    assert head.split(";") == [
        "Номер", "Название", "ИНН", "ОГРН", "Форма", "Команда", "Человек в команде", "Этап",
        "Районы", "Чем помогает", "Мест всего", "Мест свободно", "Заявка от", "Передан в регион",
    ]  # fmt: skip
    assert NAME not in lines
    assert "7916000" not in lines


def test_who_waits(region: Region) -> None:
    waiting = region.client.get(HQ, "/families")["items"]

    assert {each["case_id"] for each in waiting} == {region.cases["F-05"], region.cases["F-08"]}


def test_the_work_of_the_evening(region: Region) -> None:
    names = {match: name for name, match in region.matches.items()}
    rows = region.client.get(HQ, "/work", due="today")["items"]

    assert [(names[each["match_id"]], each["work"], each["hours_left"] < 0) for each in rows] == [
        ("F-02", "ask_for_report", True),
        ("F-03", "make_one_month_call", False),
    ]


def test_the_calls_of_the_second_guardian_of_f04(region: Region) -> None:
    view = region.client.get(HQ, f"/matches/{region.matches['F-04']}")

    assert [call["due_on"] for call in view["follow_ups"]] == ["2026-12-06", "2026-12-22"]


def test_the_reminders_of_the_autumn_came_once(region: Region) -> None:
    told = region.client.told
    matches = region.matches
    assert [each["match_id"] for each in told("IntroductionOverdue")] == [matches["F-03"]]
    assert [each["match_id"] for each in told("FollowUpMissed")] == [matches["F-05"]]
    due = [(each["match_id"], each["kind"]) for each in told("FollowUpDue")]
    assert len(due) == len(set(due)) == 6 + 4
