"""From the proposal to the first contact: the sides' yes, reasons of a delay, who hears what."""

from dataclasses import replace
from datetime import timedelta

from tests.matching.api_client import (
    HQ,
    NAME,
    MatchingClient,
    family_of,
    introduction,
    own_token,
    pointer,
    rep,
)
from tests.support.world import at


def test_each_side_says_yes_for_itself_and_headquarters_sees_both(client: MatchingClient) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.proposed(case, guardian)
    path = f"/matches/{match}/acceptance"

    client.do(rep(guardian), path, {})
    twice = client.post(rep(guardian), path, {})
    assert (twice.status, twice.code) == (409, "already_accepted")
    assert pointer(client.post(rep(guardian), path, {"by": "family"})) == "/by"
    assert pointer(client.post(HQ, path, {"by": "family"})) == "/evidence"
    client.do(HQ, path, {"by": "family", "evidence": "phone_call"})

    assert [(each["by"], each["both"]) for each in client.told("MatchAccepted")] == [
        ("guardian", False),
        ("family", True),
    ]
    seen = client.get(HQ, f"/matches/{match}")
    assert [(each["side"], each["by"], each["evidence"]) for each in seen["answers"]] == [
        ("guardian", f"rep-{guardian}", None),
        ("family", "HQ-1", "phone_call"),
    ]
    own = client.get(rep(guardian), f"/matches/{match}")
    assert [each["side"] for each in own["answers"]] == ["guardian"]
    assert seen["status"] == "proposed"
    client.do(rep(guardian), f"/matches/{match}/decline", {"reason": "no_people"})


def test_neither_side_learns_by_which_account_headquarters_acts(client: MatchingClient) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.proposed(case, guardian)
    for side in ("family", "guardian"):
        said = {"by": side, "evidence": "phone_call"}
        client.do(HQ, f"/matches/{match}/acceptance", said)
    client.agreed(client.introduced(match))

    seen = client.get(HQ, f"/matches/{match}")
    assert seen["introduction"]["hq_participant"] == "HQ-1"
    for who in (own_token(case), rep(guardian)):
        shown = client.get(who, f"/matches/{match}")
        assert "HQ-1" not in str(shown)
        assert shown["introduction"]["held_at"] == seen["introduction"]["held_at"]
        assert [each["evidence"] for each in shown["answers"]] == ["phone_call"]


def test_each_side_has_reasons_of_its_own(client: MatchingClient) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.proposed(case, guardian)
    path = f"/matches/{match}/decline"

    refused = client.post(rep(guardian), path, {"reason": "found_help"})
    assert (pointer(refused), refused.code) == ("/reason", "other_side_s_reason")
    assert "Не хватает людей" in refused.json["detail"]
    assert "Помощь уже нашлась" not in refused.json["detail"]
    said = {"by": "family", "evidence": "phone_call"}
    assert pointer(client.post(HQ, path, said | {"reason": "no_people"})) == "/reason"
    client.do(HQ, path, said | {"reason": "found_help"})


def test_before_the_introduction_neither_side_learns_who_the_other_is(
    client: MatchingClient,
) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.proposed(case, guardian)
    title = client.get(HQ, f"/matches/{match}")["guardian_title"]

    to_family = client.as_family(case).get(f"/matches/{match}")
    assert title and title not in to_family.text
    assert (to_family.json["guardian_title"], to_family.json["number"]) == (None, "10000008")
    assert client.get(HQ, f"/matches/{match}")["number"] == "10000008"
    to_guardian = client.get(rep(guardian), f"/matches/{match}")
    assert (to_guardian["guardian_title"], to_guardian["number"]) == (title, None)
    assert not {"family_id", "contact", "name", "phone"} & to_guardian.keys()
    said_yes = client.post(rep(guardian), f"/matches/{match}/acceptance", {})
    assert (said_yes.status, said_yes.json["id"]) == (200, match)
    assert "10000008" not in said_yes.text
    client.introduced(match)
    assert client.as_family(case).get(f"/matches/{match}").json["guardian_title"] == title
    assert client.get(rep(guardian), f"/matches/{match}")["number"] == "10000008"


def test_72_hours_run_from_the_whole_second(client: MatchingClient) -> None:
    guardian, case = client.ready(), client.waiting()
    client.world.set_time(at("2026-09-01 12:00") + timedelta(milliseconds=900))

    match = client.get(HQ, f"/matches/{client.proposed(case, guardian)}")

    shown = (match["proposed_at"], match["introduction_due_at"])
    assert shown == ("2026-09-01T08:00:00Z", "2026-09-04T08:00:00Z")


def test_a_late_introduction_needs_a_reason_of_the_list(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.proposed(client.waiting(), guardian)
    early = client.post(HQ, f"/matches/{match}/delay", {"reason": "illness"})
    assert (early.status, early.code) == (409, "introduction_not_late")
    assert "explain_delay" not in client.get(HQ, f"/matches/{match}")["next_steps"]

    client.world.advance(client.now() + timedelta(hours=100))
    meeting = introduction(client.moment())
    path = f"/matches/{match}/introduction"
    assert pointer(client.post(HQ, path, meeting)) == "/late_reason"
    assert pointer(client.post(HQ, path, meeting | {"late_reason": "rain"})) == "/late_reason"
    assert "explain_delay" in client.get(HQ, f"/matches/{match}")["next_steps"]
    assert "explain_delay" not in client.get(rep(guardian), f"/matches/{match}")["next_steps"]
    client.do(HQ, f"/matches/{match}/delay", {"reason": "illness"})
    client.do(HQ, path, meeting)

    (held,) = client.told("IntroductionHeld")
    assert (held["in_time"], held["late_reason"]) == (False, "illness")
    assert client.get(HQ, f"/matches/{match}")["delay"]["reason"] == "illness"
    assert client.get(rep(guardian), f"/matches/{match}")["delay"] is None


def test_a_meeting_in_time_that_is_written_down_late_leaves_nothing_overdue(
    client: MatchingClient,
) -> None:
    match, held_at = client.proposed(client.waiting(), client.ready()), client.moment()

    def overdue() -> object:
        return client.get(HQ, f"/matches/{match}")["overdue"]

    assert overdue() is False
    client.world.advance(client.now() + timedelta(hours=100))
    assert overdue() is True
    client.do(HQ, f"/matches/{match}/introduction", introduction(held_at) | {"evidence": "paper"})
    assert overdue() is False


def test_a_family_acts_on_its_own_match_with_the_token_that_intake_gave_it(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.proposed(case, guardian)
    family = own_token(case)
    path = f"/matches/{match}/guardian-contact"

    for who in (family, HQ):
        assert client.api(who).get(path).status == 403
    client.do(family, f"/matches/{match}/acceptance", {})
    mine = client.get(family, "/matches", region="ZR")["items"]
    assert [each["match_id"] for each in mine] == [match]
    assert {"accept", "hold_introduction", "cancel"}.isdisjoint(mine[0]["next_steps"])
    assert pointer(client.api(family).get("/matches")) == "/region"
    client.introduced(match)
    assert client.get(family, path)["name"] == NAME

    other = replace(family, id=family_of(client.waiting()))
    assert client.api(other).get(path).status == 404
    assert client.get(other, "/matches", region="ZR")["items"] == []
    for stranger in (
        replace(family, audience="cards"),
        replace(family, role="guardian_rep", roles=("guardian_rep",), org=guardian),
    ):
        refused = client.api(stranger).get(f"/matches/{match}")
        assert (refused.status, refused.code) == (401, "wrong_audience")
