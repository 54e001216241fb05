"""A closed case is reviewed again as its family wishes, or by whom closed it by mistake."""

from tests.intake.api_client import (
    HQ,
    HQ_2,
    OPERATOR,
    IntakeClient,
)
from tests.intake.rights.builders import audit, bot_for


def test_a_closed_case_is_reopened_with_the_request_that_caused_it(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    question = client.asked(purpose="information")["id"]
    foreign = client.asked(contact=None)["id"]

    for linked in (foreign, "req_01ARZ3NDEKTSV4RRFFQ69G5FAV"):
        body = {"reason": "new_request", "linked_request": linked, "evidence": "written"}
        refused = client.post(HQ, f"/cases/{case}/reopen", body)
        assert (refused.status, refused.code) == (422, "unknown_request")
        assert [each["pointer"] for each in refused.json["errors"]] == ["/linked_request"]
    body = {"reason": "new_request", "linked_request": question, "evidence": "written"}
    assert client.post(OPERATOR, f"/cases/{case}/reopen", body).status == 403
    assert client.do(HQ, f"/cases/{case}/reopen", body)["status"] == "in_review"
    assert [event["reason"] for event in client.published("CaseReopened")] == ["new_request"]


def test_a_closed_case_stays_closed_while_another_of_its_programme_is_open(
    client: IntakeClient,
) -> None:
    closed = client.received()
    client.do(HQ, f"/cases/{closed}/withdraw", {"evidence": "written"})
    assert client.view(closed)["next_steps"] == ["reopen"]
    client.received()
    assert client.view(closed)["next_steps"] == []

    refused = client.post(HQ, f"/cases/{closed}/reopen", {"reason": "closed_by_mistake"})

    assert (refused.status, refused.code) == (409, "family_has_open_case")
    client.received(programme="family_care")
    assert client.view(closed)["status"] == "closed"


def test_headquarters_reopens_by_itself_or_by_the_familys_wish(client: IntakeClient) -> None:
    own, wished = client.received(), client.received(contact=None)
    client.do(HQ, f"/cases/{own}/take")
    for case in (own, wished):
        client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})

    bare = client.post(HQ, f"/cases/{own}/reopen", {"reason": "needs_returned"})
    assert (bare.status, bare.code) == (422, "evidence_required")
    client.do(HQ_2, f"/cases/{own}/reopen", {"reason": "closed_by_mistake"})
    taken = client.published("CaseTaken")[-1]
    assert (taken["taken_by"], taken["taken_from"]) == ("HQ-2", None)  # nothing to hand over
    wish = {"reason": "needs_returned", "evidence": "spoken_by_phone"}
    client.do(HQ, f"/cases/{wished}/reopen", wish)
    told = client.received(contact=None)
    client.do(HQ, f"/cases/{told}/withdraw", {"evidence": "written"})
    mistake = {"reason": "closed_by_mistake", "evidence": "written"}
    client.do(HQ, f"/cases/{told}/reopen", mistake)
    assert audit(client, told, "reopen_case")["evidence"] == "written"

    by_itself, for_family = (audit(client, case, "reopen_case") for case in (own, wished))
    assert "evidence" not in by_itself
    assert "on_behalf_of" not in by_itself
    family = client.family(wished)
    assert (for_family["evidence"], for_family["on_behalf_of"]) == ("spoken_by_phone", family)
    assert (by_itself["reason"], for_family["reason"]) == ("closed_by_mistake", "needs_returned")
    for case, for_whom in ((own, None), (wished, family)):
        entry = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
        assert (entry["what"], entry["for_whom"]) == ("reopened", for_whom)


def test_what_a_family_has_ended_itself_is_no_mistake_of_headquarters(client: IntakeClient) -> None:
    case, family = client.received(), client.signed_in()
    client.do(family, f"/cases/{case}/withdraw", {"reason": "found_help"})
    mistake = {"reason": "closed_by_mistake"}

    refused = client.post(HQ, f"/cases/{case}/reopen", mistake)

    assert refused.json["errors"][0]["code"] == "evidence_required"
    assert client.view(case)["status"] == "closed"
    client.do(HQ, f"/cases/{case}/reopen", mistake | {"evidence": "spoken_by_phone"})
    client.do(family, f"/cases/{case}/withdraw", {"reason": "found_help"})
    client.do(family, f"/cases/{case}/reopen", mistake)
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})
    client.do(HQ, f"/cases/{case}/reopen", mistake)  # the last word of several counts


def test_a_family_reopens_its_case_through_a_bot(client: IntakeClient) -> None:
    case = client.received()
    client.do(HQ, f"/cases/{case}/withdraw", {"evidence": "written"})

    wish = {"reason": "needs_returned"}
    assert bot_for(client, case).post(f"/cases/{case}/reopen", wish, key="b1").status == 200

    assert audit(client, case, "reopen_case")["actor"] == "bot-1"
