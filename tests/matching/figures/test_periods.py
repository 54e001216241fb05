"""What belongs to a month although it ended in the one before; and who reports."""

from typing import Any

import pytest

from shared.principal import Principal
from tests.matching.api_client import FEDERAL, HQ, HQ_Y, MatchingClient, pointer, rep


def test_a_call_of_the_month_that_an_ending_of_the_month_before_has_dropped(
    client: MatchingClient,
) -> None:
    client.at("2026-09-20 12:00")
    match = client.active(client.waiting(), client.ready())
    client.at("2026-09-30 12:00")
    client.do(HQ, f"/matches/{client.heard(match)}/ending", {"reason": "conflict"})
    client.at("2026-11-02 12:00")

    def month(text: str) -> dict[str, object]:
        shown = client.get(HQ, "/regions/ZR/figures", first=text, last=text)
        return {
            "two": shown["two_week_calls"]["cancelled"],
            "one": shown["one_month_calls"]["cancelled"],
            "ended": shown["endings"]["by_reason"]["conflict"],
        }

    assert month("2026-09") == {"two": 0, "one": 0, "ended": 1}
    assert month("2026-10") == {"two": 1, "one": 1, "ended": 0}
    assert month("2026-11") == {"two": 0, "one": 0, "ended": 0}


def test_who_has_reported_and_which_stories_are_published(client: MatchingClient) -> None:
    client.at("2026-09-20 12:00")
    guardian = client.ready(capacity_families=2)
    told, silent = (client.active(client.waiting(), guardian) for _ in range(2))
    report = {"period": "2026-09", "done": "Помогали", "resources_ok": True}
    client.do(rep(guardian), f"/matches/{told}/reports", report)
    stories = [
        client.do(rep(guardian), f"/matches/{match}/stories", {"text": "Рады помогать"})["id"]
        for match in (told, silent)
    ]
    client.do(HQ, f"/stories/{stories[0]}/consent", {"consent_ref": "C-1"})
    client.do(FEDERAL, f"/stories/{stories[0]}/clearance")

    shown = client.get(HQ, "/regions/ZR/figures")
    assert shown["stories"] == {"submitted": 2, "cleared": 1}
    assert shown["reported_lately"] == {"good": 1, "all": 2, "percent": 50.0}
    client.at("2026-10-20 12:01")
    later = client.get(HQ, "/regions/ZR/figures")
    assert later["reported_lately"] == {"good": 0, "all": 2, "percent": 0.0}
    assert later["stories"]["submitted"] == 0

    # Totals only, and no family: the federal headquarters sees neither the few nor the matches.
    total = client.get(FEDERAL, "/figures", first="2026-09", last="2026-09")["total"]
    assert total["stories"] == {"submitted": None, "cleared": None}
    assert client.api(FEDERAL).get(f"/matches/{told}/reports").status == 404
    assert client.get(HQ_Y, "/regions/YY/figures")["families_in_care"] == 0
    assert client.api(HQ_Y).get("/regions/ZR/figures").status == 404
    for first, last, code in (
        ("2026-10", "2026-09", "period_reversed"),
        ("2020-01", "2026-09", "period_too_long"),
        ("2020-01", "2020-03", "period_too_far_back"),
    ):
        asked = {"first": first, "last": last}
        refused = client.api(HQ).get("/regions/ZR/figures", query=asked)
        assert (pointer(refused), refused.json["errors"][0]["code"]) == ("/first", code)


def test_a_region_is_shown_to_the_federal_side_as_the_table_of_all_has_it(
    client: MatchingClient,
) -> None:
    client.active(client.waiting(), client.ready())
    path = "/regions/ZR/figures"

    own, seen = (client.get(who, path) for who in (HQ, FEDERAL))

    table = {each["region"]: each for each in client.get(FEDERAL, "/figures")["regions"]}
    assert seen == table["ZR"]
    assert (own["families_in_care"], seen["families_in_care"]) == (1, None)


def test_what_moves_on_while_figures_are_read_counts_once(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    match = client.active(client.waiting(), client.ready())
    guardian = client.get(HQ, f"/matches/{match}")["guardian_id"]
    tale = {"text": "Рады помогать"}
    story = client.do(rep(guardian), f"/matches/{match}/stories", tale)["id"]
    client.heard(match)
    ends = {
        "MATCH#OPEN#": (HQ, f"/matches/{match}/ending", {"reason": "conflict"}),
        "STORY#submitted#": (FEDERAL, f"/stories/{story}/decline", {"reason": "family_asked"}),
    }
    tables, read = client.world.dynamodb, client.world.dynamodb.query

    def overtaken(**request: Any) -> Any:
        found = read(**request)
        part = request["ExpressionAttributeValues"].get(":s", {}).get("S", "")
        for prefix in [each for each in ends if part.startswith(each)]:
            client.do(*ends.pop(prefix))
        return found

    monkeypatch.setattr(tables, "query", overtaken)
    shown = client.get(HQ, "/regions/ZR/figures")

    assert ends == {}
    assert (shown["proposals"], shown["families_in_care"]) == (1, 0), shown
    assert shown["stories"]["submitted"] == 1


def test_the_oldest_month_is_shown_to_all_also_while_some_regions_have_the_next_month(
    client: MatchingClient,
) -> None:
    """At 21:00 in Moscow the first of December has begun in Kamchatka."""
    client.at("2026-11-30 22:00")

    oldest = client.get(FEDERAL, "/figures", first="2023-12", last="2024-01")

    assert oldest["total"]["proposals"] == 0
    late = client.api(FEDERAL).get("/figures", query={"first": "2023-11", "last": "2024-01"})
    assert (late.status, late.json["errors"][0]["code"]) == (422, "period_too_far_back")


def test_an_application_counts_where_it_was_handed_in_until_a_region_has_it(
    client: MatchingClient,
) -> None:
    client.applied()

    def applied(who: Principal, region: str) -> int:
        shown = client.get(who, f"/regions/{region}/figures")
        return int(shown["guardians_by_status"]["applied"])

    assert (applied(HQ, "ZR"), applied(HQ_Y, "YY")) == (1, 0)
