"""What the short cut for common text may not let through."""

import sys

import pytest

from shared.api import json_guard
from shared.api.problems import Malformed, WrongInput


def test_no_forbidden_character_is_taken_for_common_text() -> None:
    letters = map(chr, range(sys.maxunicode + 1))
    forbidden = [letter for letter in letters if json_guard._forbidden().search(letter)]
    assert len(forbidden) > 2000
    assert all(json_guard.has_forbidden(f"а{letter}б") for letter in forbidden)


def test_a_text_may_have_what_people_write() -> None:
    for common in ("а\u00a0б", "а\nб\tв", "\U0001f468\u200d\U0001f469"):
        assert not json_guard.has_forbidden(common)


@pytest.mark.parametrize(
    ("sent", "places"),
    [
        ('{"a": {"b": 1, "b": 2}}', ["/a/b"]),
        ('[{"a": [{"b": 1, "b": 2}], "a": [{"b": 1, "b": 2}]}]', ["/0/a", "/0/a/0/b"]),
    ],
)
def test_a_name_that_is_given_twice_is_found_wherever_it_is(sent: str, places: list[str]) -> None:
    with pytest.raises(WrongInput) as refusal:
        json_guard.check(sent.encode())
    assert [(each.pointer, each.code) for each in refusal.value.faults] == [
        (place, "repeated") for place in places
    ]


def test_what_breaks_off_after_a_name_that_is_given_twice_is_no_json() -> None:
    with pytest.raises(Malformed):
        json_guard.check(b'{"a": {"b": 1, "b": 2},')


@pytest.mark.parametrize(
    ("location", "kind", "pointer"),
    [
        (("child", "name"), "string_type", "/child/name"),
        (("child", "age"), "missing", "/child/age"),
        (("names", 1), "string_type", "/names/1"),
        (("names", "list[str]", 0), "string_type", "/names/0"),  # a step that pydantic adds
        (("names", "Анна", 0), "string_type", "/names/0"),
        (("child", "name", "name"), "string_type", "/child/name"),
        (("names", 2), "string_type", "/names"),
        (("child", "Анна Ким"), "missing", "/child/?"),
        (("child", "79001234567"), "missing", "/child/?"),
    ],
)
def test_a_pointer_goes_into_what_was_sent_and_repeats_no_name_that_is_no_field(
    location: tuple[int | str, ...], kind: str, pointer: str
) -> None:
    sent = {"child": {"name": "name"}, "names": ["Анна", "Пётр"]}
    assert json_guard.pointer_to(location, sent, kind) == pointer


def test_whole_numbers_pass_as_far_as_a_row_can_hold_them() -> None:
    most = 2**63 - 1
    json_guard.check(f"[{most}, {-most}]".encode())
    for number in (most + 1, -most - 1, "9" * 5000):
        with pytest.raises(WrongInput):
            json_guard.check(f"[{number}]".encode())


@pytest.mark.parametrize(
    "written", [*map('"а{}б"'.format, (r"\b", r"\f", r"\r", r"\u200b")), "NaN", "1e999", "1E+999"]
)
def test_what_is_written_in_other_signs_is_refused_for_what_it_means(written: str) -> None:
    with pytest.raises(WrongInput):
        json_guard.check(f"[{written}]".encode())


def test_only_what_is_wrong_is_called_wrong() -> None:
    with pytest.raises(WrongInput) as refusal:
        json_guard.check('{"km": 5.5, "note": "а", "of": 7, "x": [NaN, 1.5, 1e999]}'.encode())
    faults = [(each.pointer, each.code) for each in refusal.value.faults]
    assert faults == [("/x/0", "not_finite"), ("/x/2", "not_finite")]


def test_of_what_a_person_typed_only_what_is_seen_is_kept() -> None:
    assert json_guard.cleaned("а\r\nб\u200b \u202eв") == "а\nб в"
