"""Cursors: nobody but their own caller can use one, and nobody can read one."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import clock, keyring
from shared.errors import Invalid
from shared.storage import cursors
from tests.support.store_fixtures import fixed_secrets

KEY = {"pk": "REQUEST#req_1", "sk": "REQUEST", "region_pk": "REGION#ZR", "region_sk": "2026-09"}
SCOPE = "REQUEST|by_region|REGION#ZR|False"


@pytest.fixture(autouse=True, scope="module")
def _secrets() -> object:
    with pytest.MonkeyPatch.context() as patch:
        chosen = fixed_secrets()
        patch.setattr(keyring, "from_env", lambda: chosen)
        yield chosen


def refused(cursor: str, caller: str = "usr_1", scope: str = SCOPE) -> bool:
    with pytest.raises(Invalid) as error:
        cursors.open_cursor(cursor, caller, scope)
    return error.value.code == "bad_cursor"


def test_a_cursor_goes_on_where_it_was_made() -> None:
    assert cursors.open_cursor(cursors.seal(KEY, "usr_1", SCOPE), "usr_1", SCOPE) == KEY


def test_a_cursor_shows_nothing_of_the_key() -> None:
    import base64

    cursor = cursors.seal(KEY, "usr_1", SCOPE)
    assert b"req_1" not in base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert cursor != cursors.seal(KEY, "usr_1", SCOPE)


def test_a_cursor_of_another_caller_partition_or_filter_is_refused() -> None:
    cursor = cursors.seal(KEY, "usr_1", SCOPE)
    assert refused(cursor, caller="usr_2")
    assert refused(cursor, scope=SCOPE.replace("ZR", "YY"))
    assert refused(cursor, scope=SCOPE.replace("False", "True"))
    assert refused(cursor, caller='usr_1", "', scope="")


def test_a_cursor_lives_for_a_day_of_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    made = clock.wall()
    cursor = cursors.seal(KEY, "usr_1", SCOPE)
    monkeypatch.setattr(clock, "wall", lambda: made + timedelta(hours=23, minutes=59))
    assert cursors.open_cursor(cursor, "usr_1", SCOPE) == KEY
    monkeypatch.setattr(clock, "wall", lambda: made + timedelta(hours=24, minutes=1))
    assert refused(cursor)


def test_a_cursor_of_another_service_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = cursors.seal(KEY, "usr_1", SCOPE)
    other = fixed_secrets("cards")
    monkeypatch.setattr(keyring, "from_env", lambda: other)
    assert refused(cursor)


def test_no_changed_letter_passes() -> None:
    cursor = cursors.seal(KEY, "usr_1", SCOPE)
    for place, letter in enumerate(cursor):
        for other in {"A", "_", "я"} - {letter}:
            assert refused(cursor[:place] + other + cursor[place + 1 :])


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_no_invented_text_passes(text: str) -> None:
    assert refused(text)


def test_spellings_that_decode_alike_are_refused() -> None:
    cursor = cursors.seal(KEY, "usr_1", SCOPE)
    for other in (cursor + "=", cursor + "\n", " " + cursor, cursor + "*", cursor[:-1], cursor * 9):
        assert refused(other)
