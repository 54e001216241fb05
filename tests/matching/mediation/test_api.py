"""A concern asks headquarters to mediate, until there is a result or the care is over."""

from datetime import timedelta

import pytest

from services.matching.mediation import domain
from shared import ids
from shared.events.notifications import LowScoreReceived
from tests.matching.api_client import HQ, HQ_Y, WORDS, MatchingClient, family_of, pointer, rep


def low_score(
    client: MatchingClient,
    match: str | None,
    case: str,
    guardian: str,
    form: str = "care_feedback",
) -> None:
    """The family, or the guardian, gave two points."""
    client.hear(
        LowScoreReceived(
            region="ZR",
            form_id="fbk_1",
            form=form,
            case_id=case,
            family_id=family_of(case),
            match_id=match,
            guardian_id=guardian,
            score=2,
        )
    )


def sealed(client: MatchingClient) -> list[str]:
    """The names of the words about concerns and results."""
    data = (row["sk"]["S"] for row in client.world.rows("matching-data"))
    return [name for name in data if name.startswith("mediation#")]


@pytest.mark.parametrize("copies", [1, 3])
def test_a_low_score_in_care_opens_one_mediation_with_a_result_of_the_list(
    client: MatchingClient, copies: int
) -> None:
    client.world.copies = copies
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    path = f"/matches/{match}/mediation"

    low_score(client, match, case, guardian)

    (raised,) = client.told("ConcernRaised")
    assert (raised["concern"], raised["by"]) == ("low_score", "family")
    assert raised["programme"] == "service_member_care"
    since = client.get(HQ, path)
    assert since["next_steps"] == ["raise_concern", "end_mediation"]
    assert client.get(HQ, f"/mediations/{raised['mediation_id']}") == since
    assert client.api(HQ_Y).get(f"/mediations/{raised['mediation_id']}").status == 404
    client.world.advance(client.now() + timedelta(hours=3))
    client.do(rep(guardian), f"/matches/{match}/concerns", {"concern": "schedule"})
    joined = client.get(HQ, path)
    assert (since["status"], joined["opened_at"]) == ("open", since["opened_at"])
    assert client.api(rep(guardian)).get(path).status == 403
    assert client.api(HQ_Y).get(path).status == 404
    assert pointer(client.post(HQ, f"{path}/result", {"result": "peace"})) == "/result"
    client.do(HQ, f"{path}/result", {"result": "terms_changed", "note": WORDS})

    (ended,) = client.told("MediationEnded")
    assert (ended["result"], ended["mediation_id"]) == ("terms_changed", raised["mediation_id"])
    shown = client.get(HQ, path)
    assert (shown["status"], shown["results"][0]["note"]) == ("ended", WORDS)
    assert WORDS not in str(client.world.dynamodb.tables)
    twice = client.post(HQ, f"{path}/result", {"result": "agreed"})
    assert (twice.status, twice.code) == (409, "mediation_is_ended")
    # A second mediation has words of its own.
    client.do(rep(guardian), f"/matches/{match}/concerns", {"concern": "other"})
    client.do(HQ, f"{path}/result", {"result": "agreed", "note": "Помирились"})
    words = [each["note"] for each in client.get(HQ, path)["results"]]
    assert words == [WORDS, "Помирились"]
    low_score(client, match, case, guardian, "guardian_feedback")
    assert client.get(HQ, path)["concerns"][-1]["by"] == "guardian"
    client.do(HQ, f"{path}/result", {"result": "agreed"})
    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})
    assert [each["result"] for each in client.told("MediationEnded")][1:] == ["agreed", "agreed"]


def test_a_problem_in_a_call_is_a_concern_and_a_good_call_is_none(client: MatchingClient) -> None:
    match = client.active(client.waiting(), client.ready())
    client.world.advance(client.now() + timedelta(days=14, hours=12))
    client.do(HQ, f"/matches/{match}/calls", {"kind": "two_weeks", "result": "fine"})
    client.world.advance(client.now() + timedelta(days=17))
    client.do(HQ, f"/matches/{match}/calls", {"kind": "one_month", "result": "problem"})

    assert [each["concern"] for each in client.told("ConcernRaised")] == ["call_problem"]
    client.get(HQ, f"/matches/{match}/mediation")
    (family,) = client.told("CareStarted")
    seen = client.get(HQ, f"/access-log/{family['family_id']}")["items"]
    assert [each["purpose"] for each in seen] == ["show_access_log"], "there were no words to read"


def test_a_low_score_that_is_of_no_care_or_of_a_forgotten_family_opens_no_mediation(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    low_score(client, None, case, guardian)
    low_score(client, ids.new("mat"), case, guardian)
    match = client.active(case, guardian)
    client.erased(case)
    low_score(client, match, case, guardian)

    assert client.told("ConcernRaised") == []


def test_each_side_says_what_worries_it_and_the_end_of_care_ends_the_mediation(
    client: MatchingClient,
) -> None:
    case, guardian = client.waiting(), client.ready()
    match = client.proposed(case, guardian)
    path = f"/matches/{match}/concerns"
    early = client.post(rep(guardian), path, {"concern": "schedule"})
    assert (early.status, early.code) == (409, "match_is_proposed")
    client.agreed(client.introduced(match))
    client.do(HQ, f"/matches/{match}/visits", {"need_id": "ned_1", "given_at": client.moment()})

    assert pointer(client.post(rep(guardian), path, {"concern": "low_score"})) == "/concern"
    client.do(rep(guardian), path, {"concern": "too_much"})
    said = client.as_family(case).post(path, {"concern": "safety", "note": WORDS}, key="family-1")
    assert said.status == 200
    client.world.settle()
    shown = client.get(HQ, f"/matches/{match}/mediation")
    assert [(each["by"], each["concern"], each["note"]) for each in shown["concerns"]] == [
        ("guardian", "too_much", None),
        ("family", "safety", WORDS),
    ]

    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})
    assert [each["result"] for each in client.told("MediationEnded")] == ["care_ends"]
    assert client.get(HQ, f"/matches/{match}/mediation")["next_steps"] == []
    low_score(client, match, case, guardian)
    assert len(client.told("ConcernRaised")) == 2
    client.closed(case)
    client.erased(case)
    forgotten = client.get(HQ, f"/matches/{match}/mediation")["concerns"]
    assert [each["note"] for each in forgotten] == [None, None]


def test_a_side_that_raises_many_concerns_hides_none_of_the_other_s(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "MOST_KEPT", 3)
    case, guardian = client.waiting(), client.ready()
    match = client.active(case, guardian)
    path = f"/matches/{match}/concerns"
    said = {"concern": "safety", "note": WORDS}
    assert client.as_family(case).post(path, said, key="said").status == 200
    for number in range(5):
        client.do(rep(guardian), path, {"concern": "other", "note": f"{number}"})

    shown = client.get(HQ, f"/matches/{match}/mediation")

    assert shown["raised"] == 6
    assert [each["by"] for each in shown["concerns"]] == ["family", *3 * ["guardian"]]
    assert [each["note"] for each in shown["concerns"]] == [WORDS, "2", "3", "4"]
    assert len(sealed(client)) == 4, "words that are shown to no one are kept by no one"
    low_score(client, match, case, guardian, "guardian_feedback")
    assert len(sealed(client)) == 3
    for number in range(4):
        result = {"result": "agreed", "note": f"{number}"}
        client.do(HQ, f"/matches/{match}/mediation/result", result)
        client.do(rep(guardian), path, {"concern": "other"})
    assert len(sealed(client)) == 1 + 3, "the family's concern and three results"
    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})
    assert len(sealed(client)) == 1 + 2
