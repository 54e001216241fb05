"""Fields that many commands share."""

from pydantic import TypeAdapter

from shared.api.models import Text


def test_a_text_of_a_form_keeps_its_lines_and_none_of_windows_signs() -> None:
    assert TypeAdapter(Text).validate_json(r'"Крыша течёт\r\n\r\nи печь\n"') == (
        "Крыша течёт\n\nи печь\n"
    )
