"""Signed links: one purpose, one family, a limited time, and nothing personal in them."""

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import clock, links, secrets
from shared.cause import Cause
from shared.errors import Invalid
from shared.store import Taken
from tests.support.kernel import fixed_secrets, moto_store

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True, scope="module")
def _secrets() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        chosen = fixed_secrets("matching")
        patch.setattr(secrets, "from_env", lambda: chosen)
        yield


def issued() -> str:
    return links.issue("feedback", "fam_1", "mat_1", WEEK)


def refused(text: str, purpose: str = "feedback") -> bool:
    with pytest.raises(Invalid) as error:
        links.open_link(text, purpose)
    return error.value.code == "bad_link"


@pytest.mark.requirement("X-05")
def test_a_link_lets_the_family_act_for_its_purpose() -> None:
    link = links.open_link(issued(), "feedback")
    assert (link.subject, link.about) == ("fam_1", "mat_1")
    caller = link.principal
    assert (caller.kind, caller.role, caller.acts_for) == ("link", "family", "fam_1")
    assert (caller.id, caller.evidence, caller.scopes) == (link.id, "link:feedback", ("feedback",))


def test_a_link_opens_no_other_purpose() -> None:
    assert refused(issued(), "sign_agreement")


def test_a_link_ends_by_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    text, made = issued(), clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: made + WEEK - timedelta(minutes=1))
    assert links.open_link(text, "feedback").subject == "fam_1"
    monkeypatch.setattr(clock, "wall", lambda: made + WEEK + timedelta(minutes=1))
    assert refused(text)


def test_a_link_of_another_service_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text, other = issued(), fixed_secrets("cards")
    monkeypatch.setattr(secrets, "from_env", lambda: other)
    assert refused(text)


def test_a_link_holds_ids_and_codes_only() -> None:
    for parts in (("feedback", "Мария", "mat_1"), ("feed|back", "fam_1", "mat_1")):
        with pytest.raises(ValueError, match="ids and codes"):
            links.issue(*parts, WEEK)
    assert issued().startswith("ryl_")
    assert set(issued()) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_a_link_for_one_use_is_spent_with_the_effect() -> None:
    link = links.open_link(issued(), "feedback")
    with moto_store() as store:
        store.commit(Cause(link.principal, "answer", "c1"), unique=[links.once(link)])
        with pytest.raises(Taken):
            store.commit(Cause(link.principal, "answer", "c2"), unique=[links.once(link)])


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_no_flipped_byte_passes(data: st.DataObject) -> None:
    text = issued()
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters().filter(lambda c: c != text[place]))
    assert refused(text[:place] + letter + text[place + 1 :])


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200))
def test_no_invented_text_passes(text: str) -> None:
    assert refused(text)
    assert refused("ryl_" + text)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=80))
def test_no_unsigned_bytes_pass(raw: bytes) -> None:
    assert refused("ryl_" + base64.urlsafe_b64encode(raw).decode().rstrip("="))
