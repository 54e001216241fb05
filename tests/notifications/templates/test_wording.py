"""What a text may say, and what is made of it."""

import pytest
from jinja2 import UndefinedError

from services.notifications.templates.wording import UnreadableText, fill, in_case, names


def test_a_text_is_filled_with_every_value_or_not_at_all() -> None:
    text = "{{ first_name }}, {% if urgent == 'true' %}скорее!{% endif %} {{ number }}"

    assert names(text) == {"first_name", "urgent", "number"}
    values = {"first_name": "Анна", "urgent": "true", "number": "{{ secret }} <b>"}
    assert fill(text, values) == "Анна, скорее! {{ secret }} <b>"
    with pytest.raises(UndefinedError):
        fill(text, {"first_name": "Анна", "urgent": "true"})


@pytest.mark.parametrize(
    ("number", "days"),
    [(1, "день"), (21, "день"), (101, "день"), (2, "дня"), ("34", "дня"), (0, "дней"), (5, "дней")]
    + [(each, "дней") for each in (11, 12, 14, 20, 111)],
)
def test_a_noun_agrees_with_its_number(number: int | str, days: str) -> None:
    assert fill("{{ n | plural('день', 'дня', 'дней') }}", {"n": number}) == days


def test_a_name_stands_in_its_case_and_an_unknown_one_as_it_is() -> None:
    assert fill("Позвоните {{ name | in_case('dative') }}", {"name": "Анна"}) == "Позвоните Анне"
    assert in_case("Олег", "genitive") == "Олега"
    assert in_case("Smith", "dative") == "Smith"


@pytest.mark.parametrize(
    "text",
    [
        "{{ name", "{{ name.__class__ }}", "{{ name['x'] }}", "{{ name() }}", "{{ 9 ** 9 ** 9 }}",
        "{% for c in name %}{% endfor %}", "{% set x = 1 %}", "{% include 'x' %}",
        "{{ name | upper }}", "{% macro x() %}{% endmacro %}", "{{ name ~ name }}",
        "{% if name is defined %}{% endif %}",
    ],
)  # fmt: skip
def test_nothing_in_a_text_can_run(text: str) -> None:
    with pytest.raises(UnreadableText):
        names(text)
    with pytest.raises(UnreadableText):
        fill(text, {"name": "x"})
