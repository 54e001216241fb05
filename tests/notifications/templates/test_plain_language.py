"""What an editor is told of a text."""

import pytest

from services.notifications.templates.domain import Template
from services.notifications.templates.plain_language import remarks
from services.notifications.templates.repository import Templates

FOUND = Templates.connect()
PLAIN = FOUND.phrases.plain
GOOD = "Мы нашли организацию.\nЧто дальше: она позвонит вам в {{ due }}."


def said_of(text: str) -> list[str]:
    template = FOUND.by_name["match_proposed_family"]
    return [
        each.code for each in remarks(template.with_words("Новость", {"text": text}, "w"), PLAIN)
    ]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (GOOD, []),
        (GOOD + " слово" * 16, ["long_sentence"]),
        (GOOD + " Настоящим уведомляем.", ["officialese", "officialese"]),
        (GOOD + " Ваш match.", ["foreign_letters"]),
        (GOOD + " Скажи, как у тебя дела, и перезвони твоему координатору.", ["familiar"] * 4),
        (GOOD + " Скажите, как дела, откройте окно и подождите.", []),
        ("Мы нашли организацию.", ["no_next_step"]),
        ("Что сделать: позвоните.", ["no_next_step"]),
    ],
)
def test_what_is_hard_to_read_is_named(text: str, codes: list[str]) -> None:
    assert said_of(text) == codes


def test_a_sentence_of_fifteen_words_is_short_enough() -> None:
    sentence = " ".join(["слово"] * 15)

    assert said_of(f"Что дальше: {sentence}.") == []
    assert said_of(f"Что дальше: {sentence} ещё.") == ["long_sentence"]


def test_the_staff_is_told_what_to_do() -> None:
    template: Template = FOUND.by_name["match_proposed_guardian"]
    of_staff = next(each for each in FOUND.by_name.values() if each.audience.role)
    variants = dict.fromkeys(of_staff.wordings, "Что дальше: подождите.")

    (code, *_) = [each.code for each in remarks(of_staff.with_words("Дело", variants, "w"), PLAIN)]

    assert code == "no_next_step"
    assert remarks(template, PLAIN) == ()
