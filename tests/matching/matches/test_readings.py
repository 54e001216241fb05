"""Who has read what about a family, for the family and its headquarters."""

from datetime import timedelta
from itertools import count

import pytest

from shared import clock
from shared.events.intake import FamiliesMerged
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_Y,
    OPERATOR,
    WORDS,
    MatchingClient,
    family_of,
    rep,
)
from tests.matching.media.test_api import uploaded

IN_REGION = {"region": "ZR"}


def test_a_family_and_its_headquarters_see_who_has_read_what_about_it(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Readings of one millisecond have no order.
    start, passed = clock.wall(), count()
    monkeypatch.setattr(clock, "wall", lambda: start + timedelta(milliseconds=next(passed)))
    case, guardian = client.waiting(), client.ready()
    match, path = client.active(case, guardian), f"/access-log/{family_of(case)}"
    its_rep, one = rep(guardian), f"/matches/{match}"
    help_given = {"need_id": "ned_1", "given_at": client.moment(), "note": WORDS}
    client.do(its_rep, f"{one}/visits", help_given)
    visits = client.get(HQ, f"{one}/visits")["items"]
    visit = next(each["visit_id"] for each in visits if each["noted"])
    client.do(its_rep, f"{one}/reports", {"period": "2026-09", "done": WORDS, "resources_ok": True})
    client.do(its_rep, f"{one}/concerns", {"concern": "schedule", "note": WORDS})
    photo = uploaded(client, match, guardian)
    reads = [
        (HQ, f"/visits/{visit}/note", "visit_note"),
        (HQ, f"{one}/reports", "guardian_reports"),
        (HQ, f"{one}/mediation", "mediation_notes"),
        (its_rep, f"/media/{photo}", "view_media"),
        (its_rep, f"/visits/{visit}/note", "visit_note"),
    ]
    for who, what, _ in reads:
        client.get(who, what)

    seen = client.as_family(case).get(path).json["items"]
    told = [(each["role"], each["purpose"]) for each in reversed(seen)]
    assert told == [(who.role, purpose) for who, _, purpose in reads]
    assert WORDS not in str(seen)
    assert "HQ-1" not in str(seen)

    # A look of the staff is told, too, and the family's own is not.
    first = client.get(HQ, path, limit="1")
    assert [each["purpose"] for each in first["items"]] == ["show_access_log"]
    rest = client.get(HQ, path, limit="100", cursor=first["next_cursor"])
    assert [each["purpose"] for each in rest["items"]] == [each["purpose"] for each in seen]
    for stranger in (HQ_Y, its_rep, OPERATOR, FEDERAL):
        assert client.api(stranger).get(path).status == 404
    assert client.as_family(client.waiting()).get(path).status == 404


def test_a_merged_family_sees_what_was_read_of_each_of_its_records(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match, family, whole = client.active(case, guardian), family_of(case), client.waiting()
    client.do(rep(guardian), f"/matches/{match}/concerns", {"concern": "other", "note": WORDS})
    client.get(HQ, f"/matches/{match}/mediation")
    one = {"family_id": family_of(whole), "merged_family_id": family, "reason": "same_people"}
    client.hear(FamiliesMerged(**IN_REGION, **one))

    for record in (family_of(whole), family):
        seen = client.as_family(whole).get(f"/access-log/{record}").json["items"]
        assert [each["purpose"] for each in seen] == ["mediation_notes"]


def test_a_list_that_is_read_goes_on_when_a_record_joins_the_family(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match, path = client.active(case, guardian), f"/access-log/{family_of(case)}"
    client.do(rep(guardian), f"/matches/{match}/concerns", {"concern": "other", "note": WORDS})
    for _ in range(2):
        client.get(HQ, f"/matches/{match}/mediation")
    first = client.as_family(case).get(path, query={"limit": "1"}).json
    one = {"family_id": family_of(client.waiting()), "merged_family_id": family_of(case)}

    client.hear(FamiliesMerged(**IN_REGION, **one, reason="same_people"))

    goes_on = {"limit": "1", "cursor": first["next_cursor"]}
    rest = client.as_family(case).get(path, query=goes_on)
    assert rest.status == 200, rest.text
    assert [each["purpose"] for each in rest.json["items"]] == ["mediation_notes"]
    assert rest.json["next_cursor"] is None


def test_of_a_family_that_was_never_matched_nothing_is_kept(client: MatchingClient) -> None:
    case = client.waiting()

    assert client.as_family(case).get(f"/access-log/{family_of(case)}").status == 404
