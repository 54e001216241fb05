"""Calls of one family at once, and answers that get lost, make one family and one case."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from shared import budget, ids
from shared.principal import Principal
from tests.intake.api_client import (
    ASSISTANT,
    HQ,
    NAME,
    OPERATOR,
    IntakeClient,
    just_before_the_next_write,
    request,
    rows_read,
)
from tests.simulation.fault_injection import client_error

OTHER = {"name": NAME, "channel": "sms", "phone": "+79161234568"}
WORSE = {
    "needs": [
        {"category": "household_help", "urgency": "urgent", "text": "Сломала руку"},
        {"category": "animal_care"},
    ],
    "text": "Стало хуже",
}


@pytest.mark.requirement("X-04")
def test_two_first_calls_at_once_make_one_family_and_one_case(client: IntakeClient) -> None:
    first: list[Any] = []

    with just_before_the_next_write(
        client, lambda: first.append(client.post(OPERATOR, "/requests", request()).json)
    ):
        second = client.post(OPERATOR, "/requests", request()).json
    client.world.settle()

    assert second["family_id"] == first[0]["family_id"]
    assert second["case_id"] == first[0]["case_id"]
    assert client.view(second["case_id"])["requests"] == [first[0]["id"], second["id"]]


def test_a_family_that_calls_for_the_first_time_is_one_transaction_and_no_read(
    client: IntakeClient,
) -> None:
    with rows_read(client) as read:
        first = client.post(OPERATOR, "/requests", request()).json
        assert read == []
        again = client.post(OPERATOR, "/requests", request()).json
    client.world.settle()

    assert read[0] == "CONTACT"
    assert again["family_id"] == first["family_id"]


def test_a_first_call_whose_answer_got_lost_is_the_same_request_under_its_key(
    client: IntakeClient,
) -> None:
    dynamodb = client.world.dynamodb
    write = dynamodb.transact_write_items

    def lost(**asked: Any) -> Any:
        write(**asked)
        raise ReadTimeoutError(endpoint_url="x")

    dynamodb.transact_write_items = lost  # type: ignore[method-assign]
    answers = [client.post(OPERATOR, "/requests", request(), key="call-1") for _ in range(2)]
    dynamodb.transact_write_items = write  # type: ignore[method-assign]
    answers.append(client.post(OPERATOR, "/requests", request(), key="call-1"))
    client.world.settle()

    (received,) = client.published("RequestReceived")
    assert [each.status for each in answers] == [201, 201, 201]
    assert {each.json["id"] for each in answers} == {received["request_id"]}
    assert client.asked()["case_id"] == received["case_id"]


def test_a_known_family_is_heard_while_other_calls_hold_its_phone(
    client: IntakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "PAUSE_SECONDS", 0.0)
    known, dynamodb = client.asked(), client.world.dynamodb
    write = dynamodb.transact_write_items

    def disturbed(**asked: Any) -> Any:
        if "CONTACT#" in str(asked):
            reasons = [{"Code": "TransactionConflict"}]
            raise client_error("TransactionCanceledException", 400, CancellationReasons=reasons)
        return write(**asked)

    dynamodb.transact_write_items = disturbed  # type: ignore[method-assign]
    again = client.post(OPERATOR, "/requests", request())
    stranger = client.post(OPERATOR, "/requests", request(contact=OTHER))
    dynamodb.transact_write_items = write  # type: ignore[method-assign]

    assert (again.status, again.json["family_id"]) == (201, known["family_id"])
    assert stranger.status == 503


def test_a_request_that_waits_to_join_opens_a_case_when_the_old_one_was_closed_meanwhile(
    client: IntakeClient,
) -> None:
    first = client.asked()
    answer = client.post(OPERATOR, "/requests", request(**WORSE)).json
    client.post(HQ, f"/cases/{first['case_id']}/withdraw", {"evidence": "written"})

    client.world.settle()

    view = client.get(HQ, f"/requests/{answer['id']}").json
    assert (view["status"], view["case_status"]) == ("joined", "received")
    assert view["case_id"] != first["case_id"]


def test_a_request_that_waits_to_join_ends_when_its_family_was_erased(client: IntakeClient) -> None:
    first = client.asked()
    answer = client.post(OPERATOR, "/requests", request(**WORSE)).json
    wish = {"reason": "person_asked", "evidence": "written"}
    client.post(HQ, f"/families/{first['family_id']}/erase", wish)

    client.world.settle()

    view = client.get(HQ, f"/requests/{answer['id']}").json
    assert (view["status"], view["end_reason"]) == ("ended", "family_erased")
    assert client.asked()["family_id"] != first["family_id"]


def test_a_call_joins_no_case_that_is_closed_while_it_does(client: IntakeClient) -> None:
    first = client.asked()
    second = client.post(OPERATOR, "/requests", request()).json
    wish = {"evidence": "spoken_by_phone"}

    with just_before_the_next_read(
        client, "CASE", lambda: client.post(HQ, f"/cases/{first['case_id']}/withdraw", wish)
    ):
        client.world.settle()

    joined = client.get(HQ, f"/requests/{second['id']}").json
    assert client.view(first["case_id"])["status"] == "closed"
    assert (joined["case_id"] != first["case_id"], joined["case_status"]) == (True, "received")


@contextmanager
def just_before_the_next_read(
    client: IntakeClient, kind: str, other: Callable[[], object]
) -> Iterator[None]:
    """Let `other` happen before the next row of a kind is read."""
    dynamodb = client.world.dynamodb
    read, waiting = dynamodb.get_item, [other]

    def interrupted(**asked: Any) -> Any:
        if waiting and asked["Key"]["pk"]["S"].startswith(f"{kind}#"):
            waiting.pop()()
        return read(**asked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dynamodb, "get_item", interrupted)
        yield
    assert not waiting, "nothing was read"


CALL = {"region": "ZR", "initiated_by": "self", "reason": "wrong_number"}


@pytest.mark.parametrize(
    ("who", "path", "said"),
    [
        (OPERATOR, "/requests", request(contact=OTHER)),
        (OPERATOR, "/requests", request()),
        (None, "/web-requests", request()),
        (ASSISTANT, "/filings", request()),
        (OPERATOR, "/ended-requests", CALL),
    ],
)
def test_a_number_that_another_request_has_is_drawn_again(
    client: IntakeClient,
    who: Principal | None,
    path: str,
    said: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw, known = ids.number, client.asked()["number"]
    drawn = iter([known])
    monkeypatch.setattr(ids, "number", lambda digits: next(drawn, None) or draw(digits))

    answer = client.post(who, path, said)

    assert answer.status == 201, answer.text
    assert answer.json["number"] != known
