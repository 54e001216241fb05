"""Resolve-recipients: the owner says where to send, exactly, or says nothing at all."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from pydantic import ValidationError

from shared.errors import IllegalStep, NotFound, Unavailable
from shared.messaging.recipients import (
    Answer,
    Recipient,
    RecipientQuery,
    Recipients,
    Refused,
    answer,
)

DECLARED = {"introduced": frozenset({"name", "date"}), "reminder": frozenset[str]()}
CANARY = "+79161234567"


def ask(reference: str = "fam_1", template: str = "introduced") -> RecipientQuery:
    return RecipientQuery(reference=reference, event_id="evt_1", template=template)


def found(one: RecipientQuery, **variables: str) -> Recipient:
    return Recipient(reference=one.reference, channel="sms", address=CANARY, variables=variables)


def answered(resolver: Any, *asks: RecipientQuery) -> list[dict[str, Any]]:
    event = {"items": [one.model_dump() for one in asks]}
    recipients: list[dict[str, Any]] = answer(event, resolver, DECLARED)["recipients"]
    return recipients


def test_the_owner_answers_each_item_in_order() -> None:
    def resolver(one: RecipientQuery) -> Recipient | Refused:
        if one.reference == "fam_2":
            return Refused(reference="fam_2", refused="no_consent")
        if one.reference == "fam_3":
            raise NotFound("family")
        if one.reference == "fam_4":
            raise IllegalStep("subject_erased")
        return found(one, name="Мария", date="16 сентября")

    results = answered(resolver, *(ask(f"fam_{n}") for n in range(1, 5)))
    assert results[0]["variables"] == {"name": "Мария", "date": "16 сентября"}
    assert [one.get("refused") for one in results] == [
        None,
        "no_consent",
        "not_found",
        "subject_erased",
    ]


@pytest.mark.parametrize("variables", [{}, {"name": "М"}, {"name": "М", "date": "d", "phone": "p"}])
def test_a_variable_too_many_or_too_few_never_leaves_the_owner(variables: dict[str, str]) -> None:
    (one,) = answered(lambda asked: found(asked, **variables), ask())
    assert one == {"reference": "fam_1", "refused": "undeclared_variables"}


def test_a_template_the_owner_does_not_know_is_refused_unopened() -> None:
    def resolver(one: RecipientQuery) -> Recipient:
        raise AssertionError("must not be asked")

    (one,) = answered(resolver, ask(template="unheard_of"))
    assert one["refused"] == "unknown_template"


def test_an_owner_whose_vault_is_down_answers_nothing() -> None:
    def resolver(one: RecipientQuery) -> Recipient:
        raise Unavailable

    with pytest.raises(Unavailable):
        answered(resolver, ask())


def test_no_more_than_a_hundred_at_once() -> None:
    with pytest.raises(ValidationError):
        answered(lambda one: found(one), *(ask(f"fam_{n}") for n in range(101)))
    assert len(answered(lambda one: found(one), *[ask(template="reminder")] * 100)) == 100


class FakeLambda:
    """Invokes an owner in this process, or fails the way a test wants."""

    def __init__(self, payload: bytes = b"", error: Exception | None = None, **more: Any) -> None:
        self.payload, self.error, self.more = payload, error, more

    def invoke(self, **request: Any) -> dict[str, Any]:
        if self.error is not None:
            raise self.error
        assert request["FunctionName"] == "intake-resolve"
        payload = (
            self.payload
            or json.dumps(
                answer(json.loads(request["Payload"]), lambda one: found(one), DECLARED)
            ).encode()
        )
        return {"Payload": io.BytesIO(payload), **self.more}


def test_the_asking_side_gets_an_answer_for_each_message() -> None:
    owner = Recipients(FakeLambda(), "intake-resolve")
    first, second = owner.resolve([ask(template="reminder"), ask(template="introduced")])
    assert isinstance(first, Recipient)
    assert first.address == CANARY
    assert second == Refused(reference="fam_1", refused="undeclared_variables")


@pytest.mark.parametrize(
    "owner",
    [
        FakeLambda(error=ReadTimeoutError(endpoint_url="lambda")),
        FakeLambda(error=ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")),
        FakeLambda(payload=b'{"errorMessage": "x"}', FunctionError="Unhandled"),
        FakeLambda(payload=b"not json"),
        FakeLambda(payload=b'{"recipients": []}'),
        FakeLambda(payload=b'{"recipients": [{"reference": "fam_2", "refused": "erased"}]}'),
        FakeLambda(
            payload=json.dumps(
                {"recipients": [{"reference": "fam_1", "channel": CANARY, "address": CANARY}]}
            ).encode()
        ),
    ],
)
def test_an_owner_that_is_down_or_talks_nonsense_is_unavailable(owner: FakeLambda) -> None:
    with pytest.raises(Unavailable) as refused:
        Recipients(owner, "intake-resolve").resolve([ask()])
    assert refused.value.code == "owner_unavailable"
    assert refused.value.__cause__ is None


@pytest.mark.requirement("X-08")
def test_neither_a_print_nor_an_error_shows_an_address() -> None:
    recipient = found(ask(), name="Мария Канарейкина")
    sinks = [str(recipient), repr(recipient), str(Answer(recipients=[recipient]))]
    sinks.append(repr(Answer(recipients=[recipient])))
    for wrong in ({"reference": "fam_1", "channel": "sms", "address": [CANARY]}, {"x": CANARY}):
        with pytest.raises(ValidationError) as refused:
            Answer.model_validate({"recipients": [wrong]})
        sinks.append(str(refused.value))
    for sink in sinks:
        assert CANARY not in sink
        assert "Канарейкина" not in sink
