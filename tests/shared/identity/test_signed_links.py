"""Signed links: one purpose, one family, a limited time, and nothing personal in them."""

import base64
import hmac
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared import clock, keyring
from shared.errors import Invalid
from shared.identity import signed_links
from shared.storage.command_context import CommandContext
from shared.storage.transaction import NameTaken
from tests.support.store_fixtures import fixed_secrets, moto_store

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True, scope="module")
def _secrets() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        chosen = fixed_secrets("matching")
        patch.setattr(keyring, "from_env", lambda: chosen)
        yield


def issued() -> str:
    return signed_links.issue("feedback", "fam_1", "mat_1", WEEK)


def refused(text: str, purpose: str = "feedback") -> bool:
    with pytest.raises(Invalid) as error:
        signed_links.open_link(text, purpose)
    return error.value.code == "bad_link"


@pytest.mark.requirement("X-05")
def test_a_link_lets_the_family_act_for_its_purpose() -> None:
    link = signed_links.open_link(issued(), "feedback")
    assert (link.subject, link.about) == ("fam_1", "mat_1")
    caller = link.principal
    assert (caller.kind, caller.role, caller.acts_for) == ("link", "family", "fam_1")
    assert (caller.id, caller.evidence, caller.scopes) == (link.id, "link:feedback", ("feedback",))


@pytest.mark.parametrize("around", ["{}", " {}\n", "{}.", "{}),", "\t{}»!"])
@pytest.mark.parametrize("kind", [signed_links.CopiedLink, signed_links.LinkText])
def test_a_link_is_copied_with_the_signs_of_its_sentence(kind: Any, around: str) -> None:
    text = issued()
    assert TypeAdapter(kind).validate_python(around.format(text)) == text


def test_a_link_has_one_spelling() -> None:
    text = issued()
    long = signed_links.issue("feedback", secrets.token_hex(signed_links.LONGEST), "mat_1", WEEK)
    for other in (text.removeprefix("ryl_"), f"{text}\ud800", f" {text}", long):
        assert refused(other)


def test_a_link_opens_no_other_purpose() -> None:
    assert refused(issued(), "sign_agreement")


def test_a_link_ends_by_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    text, made = issued(), clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: made + WEEK - timedelta(minutes=1))
    assert signed_links.open_link(text, "feedback").subject == "fam_1"
    monkeypatch.setattr(clock, "wall", lambda: made + WEEK + timedelta(minutes=1))
    assert refused(text)


def test_a_link_says_by_when_it_was_issued(monkeypatch: pytest.MonkeyPatch) -> None:
    made = clock.wall().replace(microsecond=200_000)
    monkeypatch.setattr(clock, "wall", lambda: made)
    link = signed_links.open_link(issued(), "feedback")
    assert link.issued_by == made.replace(microsecond=0) + timedelta(seconds=1)


def test_a_link_begins_by_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: now - WEEK - timedelta(minutes=1))
    text = issued()
    monkeypatch.setattr(clock, "wall", lambda: now)
    assert refused(text)


def test_a_link_of_another_service_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text, other = issued(), fixed_secrets("cards")
    monkeypatch.setattr(keyring, "from_env", lambda: other)
    assert refused(text)


def test_a_link_holds_ids_and_codes_only() -> None:
    with pytest.raises(ValueError, match="ids and codes"):
        signed_links.issue("feedback", "Мария", "mat_1", WEEK)
    assert re.fullmatch(r"ryl_[A-Za-z0-9_.-]+", issued())
    assert len(issued()) < signed_links.LONGEST / 2


def test_a_link_for_one_use_is_spent_with_the_effect() -> None:
    link = signed_links.open_link(issued(), "feedback")
    with moto_store() as store:
        store.commit(
            CommandContext(link.principal, "answer", "c1"), unique=[signed_links.once(link)]
        )
        with pytest.raises(NameTaken):
            store.commit(
                CommandContext(link.principal, "answer", "c2"), unique=[signed_links.once(link)]
            )


def test_a_changed_letter_never_makes_another_link() -> None:
    text = issued()
    found = signed_links.open_link(text, "feedback")
    # One signature may be spelt in several ways: «-» as «+», or by the last letter's idle bits.
    for place, letter in enumerate(text):
        for other in {"A", "+", "_", "я"} - {letter}:
            with suppress(Invalid):
                changed = text[:place] + other + text[place + 1 :]
                assert signed_links.open_link(changed, "feedback") == found


def test_the_signature_is_sha_256_under_the_services_own_key_and_the_purpose() -> None:
    body, _, signature = issued().removeprefix("ryl_").rpartition(".")
    key = hmac.digest(keyring.from_env().child("link"), b"feedback", "sha256")
    expected = hmac.digest(key, body.encode(), "sha256")
    assert base64.urlsafe_b64decode(signature + "=") == expected


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_no_invented_text_passes(text: str) -> None:
    assert refused(text)
    assert refused("ryl_" + text)


@settings(max_examples=100)
@given(st.binary(max_size=80))
def test_no_unsigned_bytes_pass(raw: bytes) -> None:
    assert refused("ryl_" + base64.urlsafe_b64encode(raw).decode().rstrip("="))
