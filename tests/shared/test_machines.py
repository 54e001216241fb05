"""Machine tokens: signed, ending, revocable."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import clock, machines
from shared.errors import Unauthenticated
from tests.support.kernel import fixed_secrets

PLATFORM = fixed_secrets("platform")
MONTH = timedelta(days=30)


def issued(name: str = "telegram") -> str:
    return machines.issue(PLATFORM, name, "bot", MONTH, scopes=("act_for_family",), regions=("*",))


def refusal(token: str) -> str:
    with pytest.raises(Unauthenticated) as refused:
        machines.verify(PLATFORM, token)
    return refused.value.code


@pytest.mark.requirement("X-05")
def test_a_token_names_the_machine_and_what_it_may_carry() -> None:
    caller = machines.verify(PLATFORM, issued("tele-gram"))
    assert (caller.id, caller.kind, caller.role) == ("tele-gram", "machine", "bot")
    assert (caller.scopes, caller.regions, caller.org) == (("act_for_family",), ("*",), None)


def test_a_token_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    token, made = issued(), clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: made + MONTH)
    assert refusal(token) == "expired_token"


def test_a_revoked_token_is_refused_and_its_successor_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = issued(), issued()
    monkeypatch.setenv("REVOKED_TOKENS", f"other-1, {old.split('_')[1]}")
    assert refusal(old) == "revoked_token"
    assert machines.verify(PLATFORM, new).id == "telegram"


def test_another_platforms_token_is_refused() -> None:
    token = machines.issue(fixed_secrets("platform", b"y" * 32), "telegram", "bot", MONTH)
    assert refusal(token) == "bad_signature"


def test_only_simple_names_codes_and_ends_are_issued() -> None:
    for name, role, lifetime in (
        ("Tele_gram", "bot", MONTH),
        ("telegram", "bot,regional_hq", MONTH),
        ("telegram", "bot", timedelta(days=500)),
        ("telegram", "bot", timedelta()),
    ):
        with pytest.raises(ValueError, match=r"machine|codes"):
            machines.issue(PLATFORM, name, role, lifetime)


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_no_flipped_byte_passes(data: st.DataObject) -> None:
    token = issued()
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters().filter(lambda c: c != token[place]))
    assert refusal(token[:place] + letter + token[place + 1 :])


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=100))
def test_no_invented_text_passes(text: str) -> None:
    assert refusal(text)
    assert refusal("rym_" + text)
