"""What is read of a request, at its edges."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError, create_model

from shared import ids
from shared.api.faults import refusal
from shared.api.inputs import MAX_BODY, Request, read_body, read_path, read_query
from shared.api.problems import Malformed, TooLarge, WrongInput
from shared.domain import REGION_CODE, VISIBLE_ASCII
from shared.errors import NotFound


class Asked(BaseModel):
    """What a page is asked for."""

    code: str


@pytest.mark.parametrize(
    ("given", "knows"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", W/"a"', True),
        ("*", True),
        ('"b"', False),
        ("", False),
    ],
)
def test_a_client_names_the_answers_that_it_has(given: str, knows: bool) -> None:
    assert Request({"headers": {"If-None-Match": given}}).knows('"a"') is knows
    assert not Request({}).knows('"a"')


def test_a_body_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert len(Request({"body": "x" * MAX_BODY}).raw_body) == MAX_BODY
    with pytest.raises(TooLarge):
        _ = Request({"body": "x" * (MAX_BODY + 1)}).raw_body


def test_the_mark_that_programs_write_before_a_text_is_no_part_of_it() -> None:
    assert read_body(Request({"body": '\ufeff{"code": "a"}'}), Asked) == Asked(code="a")
    for odd in ('\ufeff\ufeff{"code": "a"}', '{"code": "\ufeffa"}'):
        with pytest.raises((Malformed, WrongInput)):
            read_body(Request({"body": odd}), Asked)


def test_what_mail_adds_to_the_address_of_a_page_is_left_out() -> None:
    event = {"queryStringParameters": {"code": "a", "utm_source": "mail"}}

    assert read_query(event, Asked, of_page=True) == Asked(code="a")
    assert read_query(event, None, of_page=True) is None
    with pytest.raises(WrongInput):
        read_query(event, Asked)


@pytest.mark.parametrize("values", [{"code": "a%2Fb"}, {"code": "a%00"}, {}, None])
def test_a_path_that_no_id_could_have_names_nothing(values: Any) -> None:
    with pytest.raises(NotFound):
        read_path({"pathParameters": values}, Asked)
    assert read_path({"pathParameters": {"code": "a%20b"}}, Asked).code == "a b"
    assert Request({"pathParameters": values}).path_value("other") == ""


@pytest.mark.parametrize(
    ("kind", "code", "facts"),
    [
        (Annotated[str, Field(pattern=r"^[0-9]{6}$")], "bad_digits", {"digits": "6"}),
        (Annotated[str, Field(pattern=r"^(sms|bot)$")], "enum", {"expected": "sms, bot"}),
        (Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")], "time_parsing", {}),
        (Annotated[str, Field(pattern=ids.pattern("req"))], "bad_id", {}),
        (Annotated[str, Field(pattern=REGION_CODE)], "bad_region_code", {}),
        (Annotated[str, Field(pattern=VISIBLE_ASCII)], "only_latin", {}),
        (Annotated[str, Field(pattern="^x$")], "string_pattern_mismatch", {}),
        (Annotated[str, Field(max_length=1)], "string_too_long", {"max_length": 1}),
        (Literal[True], "yes_needed", {}),
        (Literal["a"], "literal_error", {"expected": "'a'"}),
    ],
)
def test_a_refusal_says_how_a_value_is_spelt(kind: Any, code: str, facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        create_model("Asked", given=(kind, ...))(given="нет")

    wrong = refusal(refused.value, "body", b'{"given": "x"}')

    assert isinstance(wrong, WrongInput)
    (fault,) = wrong.faults
    assert (fault.pointer, fault.code, dict(fault.facts)) == ("/given", code, facts)


@pytest.mark.parametrize("said", [None, {}, {"integrationLatency": 3}])
def test_the_gateway_vouches_for_nobody_whom_it_does_not_name(said: Any) -> None:
    assert Request({"requestContext": {"authorizer": said}}).authorizer is None
