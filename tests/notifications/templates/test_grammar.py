"""Russian forms of numbers and names."""

import pytest

from services.notifications.templates.grammar import CASES, in_case, plural

DAYS = ("день", "дня", "дней")


@pytest.mark.parametrize(
    ("number", "days"),
    [(1, "день"), (21, "день"), (101, "день"), (2, "дня"), ("34", "дня"), (0, "дней"), (5, "дней")]
    + [(each, "дней") for each in (11, 12, 14, 20, 111, 1_000_011)]
    + [(each, "дней") for each in ("", " ", "Анна", "1,5", "²", "17 сентября")]
    + [(" 3 ", "дня"), ("-1", "день")],
)
def test_a_noun_agrees_with_its_number_and_with_none(number: int | str, days: str) -> None:
    assert plural(number, *DAYS) == days


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Анна", "Анны Анне Анну Анной Анне"),
        ("Саша", "Саши Саше Сашу Сашей Саше"),
        ("Серёжа", "Серёжи Серёже Серёжу Серёжей Серёже"),
        ("Вика", "Вики Вике Вику Викой Вике"),
        ("Зульфия", "Зульфии Зульфии Зульфию Зульфией Зульфии"),
        ("Илья", "Ильи Илье Илью Ильёй Илье"),
        ("Лев", "Льва Льву Льва Львом Льве"),
        ("Любовь", "Любови Любови Любовь Любовью Любови"),
        ("Жан-Жак", "Жана-Жака Жану-Жаку Жана-Жака Жаном-Жаком Жане-Жаке"),
        ("Аль-Хасан", "Аль-Хасана Аль-Хасану Аль-Хасана Аль-Хасаном Аль-Хасане"),
        ("ИВАН", "ИВАНА ИВАНУ ИВАНА ИВАНОМ ИВАНЕ"),
    ],
)
def test_a_name_stands_in_its_case(name: str, forms: str) -> None:
    assert [in_case(name, case) for case in CASES] == forms.split()


def test_a_patronymic_goes_with_its_name() -> None:
    assert in_case("Мария Ивановна", "dative") == "Марии Ивановне"
    assert in_case("Илья Ильич", "genitive") == "Ильи Ильича"
    assert in_case("Фатимат Магомедовна", "dative") == "Фатимат Магомедовне"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "А",
        "Я",
        "А.",
        "Smith",
        "d’Arc",
        "О'Коннор",
        "Анна Мария",
        "-",
        "Фатимат",
        "ЗЕЙНАБ",
        "Нино",
    ],
)
def test_what_is_no_russian_name_stays_as_it_is(name: str) -> None:
    assert [in_case(name, case) for case in CASES] == [name] * len(CASES)
