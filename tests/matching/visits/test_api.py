"""Care visits through the API: recorded by those who help, confirmed by the family."""

from datetime import timedelta
from operator import itemgetter

import pytest

from services.matching.matches import domain
from services.matching.visits import repository
from tests.matching.api_client import (
    HQ,
    WORDS,
    MatchingClient,
    family_of,
    pointer,
    rep,
)


@pytest.mark.requirement("S4-13")
def test_helps_are_recorded_and_confirmed_by_the_family(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    assert client.get(HQ, f"/guardians/{guardian}")["status"] == "caring"
    given = {"need_id": "ned_1", "given_at": client.moment(), "note": "Помыли окна"}
    client.do(rep(guardian), f"/matches/{match}/visits", given)
    outside = {"need_id": "ned_7", "given_at": client.moment()}

    refused = client.post(rep(guardian), f"/matches/{match}/visits", outside)
    assert (refused.status, refused.code) == (409, "need_not_in_agreement")
    assert (len(client.told("CareStarted")), len(client.told("CareDelivered"))) == (1, 2)
    visits = client.get(rep(guardian), f"/matches/{match}/visits")["items"]
    assert [each["noted"] for each in visits].count(True) == 1
    noted = next(each["visit_id"] for each in visits if each["noted"])
    for who in (HQ, rep(guardian)):
        assert client.get(who, f"/visits/{noted}/note")["note"] == "Помыли окна"
    assert client.api(rep(client.ready())).get(f"/visits/{noted}/note").status == 404
    opened = [r for r in client.world.rows("matching-audit") if r.get("purpose")]
    assert [r["actor"]["S"] for r in opened if r["purpose"]["S"] == "visit_note"] == [
        "HQ-1",
        f"rep-{guardian}",
    ]
    path = f"/visits/{visits[0]['visit_id']}/confirmation"
    assert client.post(rep(guardian), path).status == 403
    assert client.as_family(case).post(path, key="confirm").status == 200


def test_a_wrong_record_of_a_help_is_mended_and_start_and_calls_follow(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    (first,) = client.get(HQ, f"/matches/{match}/visits")["items"]
    path = f"/visits/{first['visit_id']}/correction"
    only = client.post(rep(guardian), path, {"reason": "not_given", "not_given": True})
    assert (only.status, only.code) == (409, "only_help")
    assert client.as_family(case).post(path, {"reason": "other"}, key="x").status == 403
    assert pointer(client.post(HQ, path, {"reason": "because", "not_given": True})) == "/reason"

    client.at("2026-09-04 12:00")
    given = {"need_id": "ned_1", "given_at": client.moment()}
    client.do(rep(guardian), f"/matches/{match}/visits", given)
    confirm = f"/visits/{first['visit_id']}/confirmation"
    assert client.as_family(case).post(confirm, key="yes").status == 200
    early = {"reason": "wrong_day", "given_at": "2026-08-01T10:00:00Z"}
    assert client.post(HQ, path, early).code == "help_before_agreement"
    late = {"reason": "wrong_day", "given_at": "2026-09-05T10:00:00Z"}
    assert pointer(client.post(HQ, path, late)) == "/given_at"
    other = {"reason": "wrong_help", "need_id": "ned_7"}
    assert client.post(HQ, path, other).code == "need_not_in_agreement"
    right = {"reason": "wrong_day", "given_at": "2026-09-03T10:00:00Z"}
    its_own = client.post(rep(guardian), path, right)
    assert (its_own.status, its_own.code) == (409, "visit_confirmed_by_family")
    client.do(HQ, path, right)
    assert client.as_family(case).post(confirm, key="again").status == 200
    nothing = client.post(HQ, path, right)
    assert (nothing.status, nothing.code) == (409, "visit_says_so_already")

    view = client.get(HQ, f"/matches/{match}")
    assert (view["started_on"], view["visits"]) == ("2026-09-03", 2)
    assert [call["due_on"] for call in view["follow_ups"]] == ["2026-09-17", "2026-10-03"]
    mended = next(
        each
        for each in client.get(HQ, f"/matches/{match}/visits")["items"]
        if each["visit_id"] == first["visit_id"]
    )
    assert (mended["given_on"], mended["corrections"]) == ("2026-09-03", 1)
    assert mended["confirmed_at"] is not None
    for what in ({"need_id": "ned_1"}, {"given_at": client.moment()}):
        both = client.post(HQ, path, {"reason": "not_given", "not_given": True} | what)
        assert (both.status, pointer(both)) == (422, "/not_given")
    client.do(HQ, path, {"reason": "duplicate", "not_given": True})
    again = client.post(HQ, path, {"reason": "duplicate", "not_given": True})
    assert (again.status, again.code) == (409, "visit_not_given")
    view = client.get(HQ, f"/matches/{match}")
    assert (view["started_on"], view["visits"]) == ("2026-09-04", 1)
    told = client.told("CareDeliveryCorrected")
    assert [(each["given"], each["started_on"]) for each in told] == [
        (True, "2026-09-03"),
        (False, "2026-09-04"),
    ]
    client.at("2026-09-17 12:00")
    assert client.told("FollowUpDue") == []
    client.at("2026-09-18 12:00")
    assert [each["due_on"] for each in client.told("FollowUpDue")] == ["2026-09-18"]


def test_a_help_that_the_next_agreement_leaves_out_is_mended_all_the_same(
    client: MatchingClient,
) -> None:
    case = client.waiting("D01", "household_help", "repair_work")
    guardian = client.ready()
    match = client.active(case, guardian)
    repaired = {"need_id": "ned_2", "given_at": client.moment()}
    client.do(HQ, f"/matches/{match}/visits", repaired)
    client.do(HQ, f"/matches/{match}/agreement", client.terms("ned_1"))
    client.do(rep(guardian), f"/matches/{match}/agreement/signatures", {})
    client.do(HQ, f"/matches/{match}/agreement/signatures", {"by": "family", "evidence": "paper"})
    client.at("2026-09-03 12:00")
    listed = client.get(HQ, f"/matches/{match}/visits")["items"]
    first, repair = (
        f"/visits/{each['visit_id']}" for each in sorted(listed, key=itemgetter("need_id"))
    )

    client.do(HQ, f"{repair}/correction", {"reason": "wrong_day", "given_at": client.moment()})
    after = {"reason": "wrong_help", "need_id": "ned_2", "given_at": client.moment()}
    other = client.post(HQ, f"{first}/correction", after)
    assert (other.status, other.code) == (409, "need_not_in_agreement")
    client.do(HQ, f"{repair}/correction", {"reason": "wrong_help", "need_id": "ned_1"})

    told = [(each["category"], each["given_on"]) for each in client.told("CareDeliveryCorrected")]
    assert told == [("repair_work", "2026-09-03"), ("household_help", "2026-09-03")]
    mended = client.get(HQ, f"/matches/{match}/visits")["items"][0]
    assert (mended["need_id"], mended["category"]) == ("ned_1", "household_help")


def test_a_help_is_recorded_by_the_agreement_of_its_day(client: MatchingClient) -> None:
    case, guardian = client.waiting("D01", "household_help", "repair_work"), client.ready()
    match = client.active(case, guardian)
    before = client.moment()
    client.at("2026-09-03 12:00")
    client.do(HQ, f"/matches/{match}/agreement", client.terms("ned_1"))
    client.do(rep(guardian), f"/matches/{match}/agreement/signatures", {})
    client.do(HQ, f"/matches/{match}/agreement/signatures", {"by": "family", "evidence": "paper"})
    client.at("2026-09-05 12:00")

    for day in (before, "2026-09-03T10:00:00Z"):
        repaired = {"need_id": "ned_2", "given_at": day}
        client.do(rep(guardian), f"/matches/{match}/visits", repaired)
    for what in ({"given_at": "2026-09-04T10:00:00Z"}, {"need_id": "ned_9"}):
        refused = client.post(rep(guardian), f"/matches/{match}/visits", repaired | what)
        assert (refused.status, refused.code) == (409, "need_not_in_agreement")
    (third, *_) = client.get(HQ, f"/matches/{match}/visits")["items"]
    mended = {"reason": "wrong_help", "need_id": "ned_1"}
    client.do(HQ, f"/visits/{third['visit_id']}/correction", mended)
    back = {"reason": "wrong_help", "need_id": "ned_2"}
    client.do(HQ, f"/visits/{third['visit_id']}/correction", back)


def test_the_words_about_a_help_that_was_not_given_go_with_it(client: MatchingClient) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    noted = {"need_id": "ned_1", "given_at": client.moment(), "note": WORDS}
    client.do(rep(guardian), f"/matches/{match}/visits", noted)
    without, helped = sorted(
        client.get(HQ, f"/matches/{match}/visits")["items"], key=itemgetter("noted")
    )
    path = f"/visits/{helped['visit_id']}"
    client.world.advance(client.now() + timedelta(days=1))
    other_day = {"reason": "wrong_day", "given_at": client.moment()}
    client.do(HQ, f"{path}/correction", other_day)
    assert client.get(HQ, f"{path}/note")["note"] == WORDS

    client.do(HQ, f"{path}/correction", {"reason": "duplicate", "not_given": True})

    for visit in (helped, without):
        missing = client.api(HQ).get(f"/visits/{visit['visit_id']}/note")
        assert (missing.status, missing.code) == (404, "not_found")
    assert not any(each["noted"] for each in client.get(HQ, f"/matches/{match}/visits")["items"])
    sealed = [row["sk"]["S"] for row in client.world.rows("matching-data")]
    assert not any(each.startswith("visit#") for each in sealed)
    read = client.get(HQ, f"/access-log/{family_of(case)}")["items"]
    assert [each["purpose"] for each in read].count("visit_note") == 1, (
        "there were no words to read"
    )


def test_a_family_confirms_no_help_that_was_taken_back_and_is_sent_to_nothing_it_may_not_do(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    given = {"need_id": "ned_1", "given_at": client.moment()}
    client.do(rep(guardian), f"/matches/{match}/visits", given)
    visit = client.get(HQ, f"/matches/{match}/visits")["items"][0]["visit_id"]
    taken_back = {"reason": "duplicate", "not_given": True}
    client.do(rep(guardian), f"/visits/{visit}/correction", taken_back)

    refused = client.as_family(case).post(f"/visits/{visit}/confirmation", key="late")

    assert (refused.status, refused.code) == (409, "visit_not_given")
    assert "опекун или штаб" in refused.json["detail"]
    assert refused.json["next_steps"] == []


def test_nobody_is_sent_to_a_headquarters_that_may_mend_no_help_any_more(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    (visit,) = client.get(HQ, f"/matches/{match}/visits")["items"]
    path = f"/visits/{visit['visit_id']}"
    client.as_family(case).post(f"{path}/confirmation", key="yes")
    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})

    same = {"reason": "wrong_day", "given_at": client.moment()}
    for who in (rep(guardian), HQ):
        assert client.post(who, f"{path}/correction", same).code == "match_is_ended"


def test_a_call_that_was_asked_for_is_put_off_when_the_help_began_later(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    (first,) = client.get(HQ, f"/matches/{match}/visits")["items"]
    client.at("2026-09-15 12:00")
    (asked,) = client.told("FollowUpDue")
    path = f"/visits/{first['visit_id']}/correction"

    client.do(HQ, path, {"reason": "wrong_day", "given_at": "2026-09-04T09:00:00Z"})

    (later,) = client.told("FollowUpPutOff")
    assert (later["kind"], later["due_on"]) == (asked["kind"], "2026-09-18")
    client.do(HQ, path, {"reason": "wrong_day", "given_at": "2026-09-05T09:00:00Z"})
    assert len(client.told("FollowUpPutOff")) == 1, "it was asked for no more"
    client.at("2026-09-19 12:00")
    assert [each["due_on"] for each in client.told("FollowUpDue")[1:]] == ["2026-09-19"]


def test_of_many_helps_any_can_be_taken_back_and_start_and_end_follow(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (domain, repository):
        monkeypatch.setattr(module, "MOST_FIRST_DAYS", 2)
    monkeypatch.setattr(repository, "PAGE_LIMIT", 2)
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    for day in range(2, 8):
        client.at(f"2026-09-{day:02d} 12:00")
        given = {"need_id": "ned_1", "given_at": client.moment()}
        client.do(rep(guardian), f"/matches/{match}/visits", given)
    visits = {
        each["given_on"][-2:]: each["visit_id"]
        for each in client.get(HQ, f"/matches/{match}/visits")["items"]
    }

    def span(day: str, **change: object) -> tuple[str, str]:
        body = change or {"reason": "duplicate", "not_given": True}
        client.do(HQ, f"/visits/{visits[day]}/correction", body)
        match_now = client.get(HQ, f"/matches/{match}")
        return match_now["started_on"][-2:], match_now["last_visit_on"][-2:]

    assert span("01") == ("02", "07")
    assert span("02", reason="wrong_day", given_at="2026-09-06T09:00:00Z") == ("03", "07")
    assert span("03") == ("04", "07")
    assert span("04") == ("05", "07")
    assert span("07") == ("05", "06")
    assert span("05") == ("06", "06")
    assert span("06") == ("06", "06")


def test_the_start_follows_a_help_that_no_list_shows_yet(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    client.at("2026-09-04 12:00")
    (first,) = client.get(HQ, f"/matches/{match}/visits")["items"]

    with client.world.dynamodb.lagging_indexes():
        given = {"need_id": "ned_1", "given_at": "2026-09-03T09:00:00Z"}
        client.do(rep(guardian), f"/matches/{match}/visits", given)
        wrong = {"reason": "duplicate", "not_given": True}
        client.do(HQ, f"/visits/{first['visit_id']}/correction", wrong)

    assert client.get(HQ, f"/matches/{match}")["started_on"] == "2026-09-03"


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1950-01-01T00:00:00Z",
     "2999-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_moment_is_one_that_a_calendar_can_hold(client: MatchingClient, moment: str) -> None:
    match = client.active(client.waiting(), client.ready())

    refused = client.post(HQ, f"/matches/{match}/visits", {"need_id": "ned_1", "given_at": moment})

    assert (refused.status, pointer(refused)) == (422, "/given_at")


def test_nothing_can_be_written_about_a_family_after_it_was_forgotten(
    client: MatchingClient,
) -> None:
    case = client.waiting()
    match = client.active(case, client.ready())
    client.closed(case, "erased")
    client.erased(case)

    noted = {"reason": "needs_cannot_be_met", "conflict_note": WORDS}
    refused = client.post(HQ, f"/matches/{match}/ending", noted)
    assert refused.code == "second_notice_awaited"
    given = {"need_id": "ned_1", "given_at": client.moment(), "note": WORDS}
    assert client.post(HQ, f"/matches/{match}/visits", given).code == "subject_erased"
    given.pop("note")
    client.do(HQ, f"/matches/{match}/visits", given)
