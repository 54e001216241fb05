"""The till's own reader refuses what the kernel's pydantic reader refuses, in the same words."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from services.cards.till import forms
from services.cards.till.contract import MOST_KOPECKS, CardCheckRequest, PurchaseRequest
from shared.errors import DomainError
from shared.problems import WrongInput, status_of
from shared.requests import Request, read_body


class CheckModel(BaseModel):
    """What `CardCheckRequest` would be in pydantic."""

    code: str | None = Field(None, min_length=1, max_length=200)
    number: str | None = Field(None, min_length=1, max_length=64)


class PurchaseModel(BaseModel):
    """What `PurchaseRequest` would be in pydantic."""

    amount_kopecks: int = Field(ge=1, le=MOST_KOPECKS)
    receipt_id: str = Field(min_length=1, max_length=64)


_TEXT = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=70)
_VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    _TEXT,
    st.lists(st.integers(-9, 9), max_size=2),
    st.dictionaries(_TEXT, st.none(), max_size=2),
)
_NAMES = st.sampled_from(["code", "number", "amount_kopecks", "receipt_id", "discount_percent"])


def _outcome(read: Any) -> object:
    try:
        found = read()
    except WrongInput as error:
        return sorted((fault.pointer, fault.code, dict(fault.facts)) for fault in error.faults)
    except DomainError as error:
        return status_of(error)
    names = getattr(type(found), "model_fields", None) or found.__slots__
    return {name: getattr(found, name) for name in names}


@given(st.dictionaries(_NAMES, _VALUE, max_size=4))
@example({"amount_kopecks": "2000", "receipt_id": "1"})
@example({"amount_kopecks": 2000.0, "receipt_id": "1"})
@settings(max_examples=1500, deadline=None)
def test_both_readers_agree_on_every_body(body: dict[str, Any]) -> None:
    raw = json.dumps(body)
    for form, model in ((CardCheckRequest, CheckModel), (PurchaseRequest, PurchaseModel)):
        ours = _outcome(lambda form=form: forms.read(form, raw))
        theirs = _outcome(lambda model=model: read_body(Request({"body": raw}), model))
        assert ours == theirs


@given(st.text(max_size=40))
@settings(max_examples=500, deadline=None)
def test_whatever_is_sent_is_read_or_refused_as_a_problem(raw: str) -> None:
    try:
        forms.read(PurchaseRequest, raw)
    except DomainError as error:
        assert status_of(error) in (400, 422)
