"""What a refusal says in Russian: facts in words, and no sentence with a hole."""

from datetime import date
from pathlib import Path

import pytest

from shared.errors import Labels
from shared.message_catalogue import Catalogue

TEXTS = """
[note_torn]
title = "Записка порвана"
detail = "Её порвали {since}: {why}."

[bad_pocket]
title = "Такого кармана нет"

[validation]
bad_colour = "Такого цвета нет, есть {known}."
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    file = tmp_path / "problems.toml"
    file.write_text(TEXTS, "utf-8")
    return Catalogue(str(file), "of/no/file.toml")


def test_days_and_codes_are_said_in_words(catalogue: Catalogue) -> None:
    said = {"since": date(2026, 10, 5), "why": Labels("need_urgency", ("urgent", "of_tomorrow"))}
    title, detail = catalogue.text("note_torn", 409, said)
    assert title == "Записка порвана"
    assert detail == "Её порвали 05.10.2026: Срочно, of_tomorrow."


@pytest.mark.parametrize(("bound", "said"), [(90.0, "90"), (0.5, "0,5"), (90, "90")])
def test_a_bound_is_written_as_in_russian(catalogue: Catalogue, bound: float, said: str) -> None:
    found = catalogue.field_text("less_than_equal", {"le": bound})
    assert found == f"Должно быть не больше {said}."


@pytest.mark.parametrize("facts", [{}, {"since": date(2026, 10, 5)}])
def test_a_sentence_that_lacks_a_fact_is_not_said(
    catalogue: Catalogue, facts: dict[str, object]
) -> None:
    assert catalogue.text("note_torn", 409, facts) == ("Записка порвана", "")


def test_what_has_no_words_of_its_own_speaks_by_its_kind(catalogue: Catalogue) -> None:
    assert catalogue.text("never_heard_of", 401, {})[0] == "Нужно войти"
    assert catalogue.text("never_heard_of", 999, {}) == ("", "")
    assert (catalogue.has("note_torn"), catalogue.has("never_heard_of")) == (True, False)
    assert catalogue.codes(of_kernel=False) == {"note_torn", "bad_pocket"}
    assert {"note_torn", "sign_in_again"} < catalogue.codes(of_kernel=True)
    assert "status_409" not in catalogue.codes(of_kernel=True)


def test_a_field_has_its_sentence_or_that_of_the_refusal_or_any(catalogue: Catalogue) -> None:
    assert catalogue.field_text("bad_colour", {"known": "синий"}) == "Такого цвета нет, есть синий."
    torn = {"since": date(2026, 10, 5), "why": "ветер"}
    assert catalogue.field_text("note_torn", torn) == "Её порвали 05.10.2026: ветер."
    for code in ("bad_pocket", "never_heard_of"):
        assert catalogue.field_text(code, {}) == "Проверьте это поле."


def test_a_step_has_a_title_where_its_list_has_one(catalogue: Catalogue) -> None:
    assert catalogue.step("close") == {"action": "close"}
    assert Catalogue("services/matching/problems.toml").step("nothing") == {"action": "nothing"}
