"""Numbers of papers as people write them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from services.matching.evidence.commands import PaperRef

REF = TypeAdapter(PaperRef)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("С-1", "C-1"),  # a Cyrillic letter that looks Latin
        ("сертификат № 12/Б", "СЕРТИФИКАТ12/Б"),
        (" УЦ–2026 / 15 ", "УЦ-2026/15"),
        ("registry:2026.09", "REGISTRY:2026.09"),
        ("\uff11\uff12", "12"),
    ],
)
def test_a_paper_has_one_number_however_it_is_written(written: str, number: str) -> None:
    assert REF.validate_python(written) == number


@pytest.mark.parametrize(
    "no_number", ["", "Мария Иванова", "Комаров", "нет", "согласие", "№", "x" * 81, "12?"]
)
def test_a_name_is_no_number(no_number: str) -> None:
    with pytest.raises(ValidationError):
        REF.validate_python(no_number)
