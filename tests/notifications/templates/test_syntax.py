"""What a text may say, and what is made of it."""

import pytest
from jinja2 import UndefinedError

from services.notifications.templates.syntax import UnreadableText, fill, names, shown


def test_a_text_is_filled_with_every_value_or_not_at_all() -> None:
    text = "{{ first_name }}, {% if urgent == 'true' %}скорее!{% endif %} {{ number }}"

    assert names(text) == {"first_name", "urgent", "number"}
    values = {"first_name": "Анна", "urgent": "true", "number": "{{ secret }} <b>"}
    assert fill(text, values) == "Анна, скорее! {{ secret }} <b>"
    with pytest.raises(UndefinedError):
        fill(text, {"first_name": "Анна", "urgent": "true"})


def test_a_noun_and_a_name_stand_in_their_forms() -> None:
    assert fill("{{ n | plural('день', 'дня', 'дней') }}", {"n": 21}) == "день"
    assert fill("Позвоните {{ name | in_case('dative') }}", {"name": "Анна"}) == "Позвоните Анне"


@pytest.mark.parametrize(
    "text",
    [
        "{{ name", "{{ name.__class__ }}", "{{ name['x'] }}", "{{ name() }}", "{{ 9 ** 9 ** 9 }}",
        "{% for c in name %}{% endfor %}", "{% set x = 1 %}", "{% include 'x' %}",
        "{{ name | upper }}", "{% macro x() %}{% endmacro %}", "{{ name ~ name }}",
        "{% if name is defined %}{% endif %}", "{{ " + "(" * 290 + "name" + ")" * 290 + " }}",
        "{% if " + "not " * 900 + "name %}{% endif %}", "{% if name", "{% if name %}",
        "{% endif %}",
        # What would fail, or be seen, on the day when it is sent.
        "{{ name | plural }}", "{{ name | plural('день', 'дня') }}", "{{ name | plural(*name) }}",
        "{{ name | plural(name, name, name) }}", "{{ name | in_case('vocative') }}",
        "{{ name | in_case(5) }}", "{{ name | in_case('dative') | in_case('dative') }}",
        "{{ 'Анна' | in_case('dative') }}", "{% if name > 5 %}{% endif %}",
        "{% if name in 'абв' %}{% endif %}", "{% if 1 %}{% endif %}", "{{ 5 }}", "{{ 'слово' }}",
        "{{ none }}", "{{ name == 'x' }}", "{{ name or 'x' }}", "{# тайна #}", "{{ '{{' }}",
        "{% raw %}{{ name }}{% endraw %}", "a } b", "{{ name | plural('\\u202e', 'б', 'в') }}",
        "{% import 'x' as x %}", "{% extends 'x' %}", "{% block x %}{% endblock %}",
        "{% call x() %}{% endcall %}", "{{ cycler('a') }}", "{{ name[0:2] }}", "{{ {'a': 1} }}",
    ],
)  # fmt: skip
def test_nothing_in_a_text_can_run_or_fail_later(text: str) -> None:
    with pytest.raises(UnreadableText):
        names(text)
    with pytest.raises(UnreadableText):
        fill(text, {"name": "x"})


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("{{ a }} {{ b | in_case('dative') }} {{ c | plural('д', 'д', 'д') }}", {"a", "b"}),
        ("{% if a == 'x' %}{{ a }}{% endif %}", set()),
        ("{% if a %}{{ b }}{% elif c %}{{ b }}{{ c }}{% else %}{{ b }}{% endif %}", {"b"}),
        ("{% if a %}{{ b }}{% elif c %}да{% else %}{{ b }}{% endif %}", set()),
    ],
)
def test_what_a_text_shows_in_any_case_is_known(text: str, sure: set[str]) -> None:
    assert shown(text) == sure


def test_words_that_look_like_the_machine_s_own_are_values_like_any_other() -> None:
    assert names("{{ self }}{{ loop }}{{ caller }}{{ _ }}") == {"self", "loop", "caller", "_"}
