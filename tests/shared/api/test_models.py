"""Fields that many commands share."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.api.models import FileNumber, Text


def test_a_text_of_a_form_keeps_its_lines_and_none_of_windows_signs() -> None:
    assert TypeAdapter(Text).validate_json(r'"Крыша течёт\r\n\r\nи печь\n"') == (
        "Крыша течёт\n\nи печь\n"
    )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("1024.0", "1024"),
        (" лд-12/3 ", "ЛД-12/3"),
        ("№ 7 а", "7A"),
        ("4854 ОП", "4854ОП"),
        ("Личное дело 7", "ЛИЧНОЕДЕЛО7"),
        ("Центр ОП 7", "ЦЕНТРОП7"),
        ("1 024 567", "1024567"),
        ("abc-1", "ABC-1"),
        ("1" * 64, "1" * 64),
    ],
)
def test_a_number_of_a_file_is_kept_in_one_spelling(written: str, kept: str) -> None:
    assert TypeAdapter(FileNumber).validate_python(written) == kept


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (Text, " \n", "string_too_short"),
        (Text, "x" * 2001, "string_too_long"),
        (FileNumber, "Иванова", "bad_file_number"),
        # Letters that all look Latin: a name, and that there is none.
        (FileNumber, "Комаров", "bad_file_number"),
        (FileNumber, "нет", "bad_file_number"),
        (FileNumber, "FP-Y", "bad_file_number"),
        # What a formula gives that looks up an empty cell.
        (FileNumber, "0", "bad_file_number"),
        (FileNumber, "№ 000", "bad_file_number"),
        # More than one number would become one.
        (FileNumber, "ЛД-101 ЛД-102", "bad_file_number"),
        (FileNumber, "№ 101\n№ 102", "bad_file_number"),
        (FileNumber, "ОП-101 Иванова", "bad_file_number"),
        (FileNumber, "Иванова Мария 1980", "bad_file_number"),
        (FileNumber, "Иванова М.И., 1980", "bad_file_number"),
        (FileNumber, "", "string_too_short"),
        (FileNumber, "1" * 65, "string_too_long"),
        (FileNumber, 7, "string_type"),
    ],
)
def test_what_says_nothing_or_is_no_such_field_is_refused(
    kind: Any, value: object, code: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)
    assert [each["type"] for each in refused.value.errors()] == [code]
