"""Resolve-recipients: the owner says where to send, exactly, or says nothing at all."""

import io
import json
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from pydantic import ValidationError

from shared.errors import IllegalStep, NotFound, Unavailable
from shared.messaging.recipients import (
    Addressee,
    Answer,
    Recipient,
    RecipientQuery,
    Recipients,
    Refused,
    answer,
)
from shared.privacy.contact import Contact
from shared.redaction import describe

DECLARED = {
    "introduced": frozenset({"first_name", "date"}),
    "reminder": frozenset[str](),
    "activated": frozenset({"code"}),
}
CANARY = "+79161234567"


def ask(reference: str = "fam_1", template: str = "introduced") -> RecipientQuery:
    return RecipientQuery(reference=reference, event_id="evt_1", template=template)


def found(**known: str | Callable[[], str]) -> Addressee:
    return Addressee(Contact(name="Мария", channel="sms", phone=CANARY), known)


def answered(resolver: Any, *asks: RecipientQuery) -> list[dict[str, Any]]:
    event = {"items": [one.model_dump() for one in asks]}
    recipients: list[dict[str, Any]] = answer(event, resolver, DECLARED)["recipients"]
    return recipients


def test_the_owner_answers_each_item_in_order() -> None:
    def resolver(one: RecipientQuery) -> Addressee | Refused:
        if one.reference == "fam_2":
            return Refused(reference="fam_2", refused="no_consent")
        if one.reference == "fam_3":
            raise NotFound("family")
        if one.reference == "fam_4":
            raise IllegalStep("subject_erased")
        return found(date="16 сентября")

    results = answered(resolver, *(ask(f"fam_{n}") for n in range(1, 5)))
    assert results[0] == {
        "reference": "fam_1",
        "channel": "sms",
        "address": CANARY,
        "language": "ru",
        "variables": {"first_name": "Мария", "date": "16 сентября"},
    }
    assert [one.get("refused") for one in results] == [
        None,
        "no_consent",
        "not_found",
        "subject_erased",
    ]


def test_neither_a_way_that_asks_nor_one_of_the_owner_is_taken_when_it_is_to_be_avoided() -> None:
    contact = Contact(name="Мария", channel="email", address="m@example.ru", phone=CANARY)
    known = {"date": "16 сентября"}

    def way(asked: tuple[str, ...], own: tuple[str, ...]) -> str:
        one = ask().model_copy(update={"avoid": asked})
        (told,) = answered(lambda _: Addressee(contact, known, own, district_id="D01"), one)
        assert told.get("district_id") == (None if "refused" in told else "D01")
        return str(told.get("channel") or told["refused"])

    assert (way((), ()), way(("email",), ()), way((), ("email",))) == ("email", "sms", "sms")
    assert way(("email", "sms"), ("phone_task",)) == "no_channel"


def test_who_speaks_another_language_is_written_to_so() -> None:
    contact = Contact(name="Maria", channel="sms", phone=CANARY, language="en")
    (one,) = answered(lambda _: Addressee(contact), ask(template="reminder"))
    assert one["language"] == "en"


def test_what_a_template_does_not_declare_never_leaves_the_owner() -> None:
    (one,) = answered(lambda _: found(date="16 сентября", phone=CANARY), ask(template="reminder"))
    assert one["variables"] == {}


def test_a_template_that_names_what_the_owner_does_not_know_is_refused() -> None:
    (one,) = answered(lambda _: found(phone=CANARY), ask())
    assert one == {"reference": "fam_1", "refused": "undeclared_variables"}


def test_a_value_behind_a_function_is_read_only_for_a_template_that_names_it() -> None:
    read: list[str] = []

    def code() -> str:
        read.append("code")
        return "70211"

    answered(lambda _: found(code=code, date="16 сентября"), ask(), ask(template="reminder"))
    assert read == []
    (one,) = answered(lambda _: found(code=code), ask(template="activated"))
    assert one["variables"] == {"code": "70211"}
    assert read == ["code"]


def test_a_value_that_the_vault_no_longer_has_refuses_its_own_item_alone() -> None:
    def code() -> str:
        raise NotFound("card")

    first, second = answered(
        lambda _: found(code=code), ask(template="activated"), ask(template="reminder")
    )
    assert first == {"reference": "fam_1", "refused": "not_found"}
    assert second["channel"] == "sms"


def test_a_number_that_no_operator_gives_out_any_more_refuses_its_own_item_alone() -> None:
    def resolver(one: RecipientQuery) -> Addressee:
        phone = CANARY if one.reference == "fam_1" else "+70000000000"
        kept = {"name": "Мария", "channel": "sms", "phone": phone}
        return Addressee(Contact.model_validate(kept), {"date": "16 сентября"})

    first, second = answered(resolver, ask("fam_1"), ask("fam_2"))

    assert (first["address"], second["refused"]) == (CANARY, "not_found")


def test_nothing_is_read_for_a_person_who_cannot_be_reached() -> None:
    def code() -> str:
        raise AssertionError("must not be read")

    avoiding = ask(template="activated").model_copy(update={"avoid": ("sms", "phone_task")})
    (one,) = answered(lambda _: found(code=code), avoiding)
    assert one == {"reference": "fam_1", "refused": "no_channel"}


def test_a_template_the_owner_does_not_know_is_refused_unopened() -> None:
    def resolver(one: RecipientQuery) -> Addressee:
        raise AssertionError("must not be asked")

    (one,) = answered(resolver, ask(template="unheard_of"))
    assert one["refused"] == "unknown_template"


def test_an_owner_whose_vault_is_down_answers_nothing() -> None:
    def resolver(one: RecipientQuery) -> Addressee:
        raise Unavailable

    with pytest.raises(Unavailable):
        answered(resolver, ask())


def test_what_else_of_an_owner_s_rows_cannot_be_read_is_told_as_a_failure() -> None:
    def resolver(_: RecipientQuery) -> Addressee:
        raise ValidationError.from_exception_data("Family", [])

    with pytest.raises(ValidationError):
        answered(resolver, ask())


@pytest.mark.parametrize("wrong", ["Мария", "Мария fam_1", "fam_1 ", "fam_1\n", "", "a" * 129])
def test_a_person_is_asked_for_by_an_id_and_by_nothing_else(wrong: str) -> None:
    kept = {"event_id": "evt_1", "template": "call_due"}
    for right in ("ann_1.crd_2", "fp-1#2", "a:b", "a" * 128):
        assert RecipientQuery(reference=right, **kept).reference == right
    with pytest.raises(ValidationError):
        RecipientQuery(reference=wrong, **kept)


def test_no_more_than_a_hundred_at_once() -> None:
    nobody = Mock()
    with pytest.raises(ValidationError):
        answered(nobody, *(ask(f"fam_{n}") for n in range(101)))
    nobody.assert_not_called()
    assert len(answered(lambda _: found(), *[ask(template="reminder")] * 100)) == 100


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
                answer(json.loads(request["Payload"]), lambda _: found(), DECLARED)
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
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)


@pytest.mark.parametrize(
    ("error", "logged"),
    [
        (ReadTimeoutError(endpoint_url="lambda"), {"causes": ["ReadTimeoutError"]}),
        (
            ClientError({"Error": {"Code": "AccessDeniedException"}}, "Invoke"),
            {"causes": ["ClientError"], "code": "AccessDeniedException"},
        ),
    ],
)
def test_why_an_owner_could_not_be_asked_is_in_the_log(
    error: Exception, logged: dict[str, object]
) -> None:
    with pytest.raises(Unavailable) as refused:
        Recipients(FakeLambda(error=error), "intake-resolve").resolve([ask()])

    described = describe(refused.value)
    assert {name: described.get(name) for name in logged} == logged


@pytest.mark.requirement("X-08")
def test_neither_a_print_nor_an_error_shows_an_address() -> None:
    recipient = Recipient(
        reference="fam_1",
        channel="sms",
        address=CANARY,
        variables={"first_name": "Мария Канарейкина"},
    )
    sinks = [str(recipient), repr(recipient), str(Answer(recipients=[recipient]))]
    sinks += [repr(Answer(recipients=[recipient])), repr(found(name="Мария Канарейкина"))]
    for wrong in ({"reference": "fam_1", "channel": "sms", "address": [CANARY]}, {"x": CANARY}):
        with pytest.raises(ValidationError) as refused:
            Answer.model_validate({"recipients": [wrong]})
        sinks.append(str(refused.value))
    for sink in sinks:
        assert CANARY not in sink
        assert "Канарейкина" not in sink
