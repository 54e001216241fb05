"""`make demo INPUT=family.json`: any family goes the whole way, or its file is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from demo import __main__ as demo
from demo import custom_family, region
from demo.data import HERE
from demo.stories import UnknownStory, play_stories, steps_of_all
from tests.journeys.journey_world import JourneyWorld

EXAMPLE = HERE / "family.example.json"


def read(path: Path, told: Any) -> str:
    """What the user reads about such a file."""
    file = path / "family.json"
    file.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    with pytest.raises(custom_family.InvalidFamilyFile) as refused:
        custom_family.read(file)
    return str(refused.value)


def example(**changes: Any) -> dict[str, Any]:
    """The example, changed; None takes a field away."""
    told = json.loads(EXAMPLE.read_text("utf-8")) | changes
    return {name: value for name, value in told.items() if value is not None}


def test_the_example_family_goes_the_way_of_f01_with_the_best_guardian(
    journey: JourneyWorld,
) -> None:
    run = region.load(journey, cards="none")
    run.families[custom_family.STORY] = custom_family.read(EXAMPLE)

    play_stories(run, [custom_family.STORY])

    view = run.get("HQ-1", f"/matching/v1/matches/{run.matches[custom_family.STORY]}")
    assert run.named(view["guardian_id"]) == "G-03"
    assert view["status"] == "ended"
    greeted = [m["text"] for m in journey.messages() if m["recipient_role"] == "family"]
    assert all("Тамара Кирилловна" in text for text in greeted)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"district": None}, "поле «district»: обязательно, но его нет"),
        ({"district": "D99"}, "поле «district»: должно быть одним из: D01, D02"),
        ({"applicant": "aunt"}, "поле «applicant»: должно быть одним из: grandmother, "),
        ({"needs": [{"category": "money"}]}, "поле «needs.1.category»: должно быть одним из"),
        ({"needs": []}, "поле «needs»: не может быть пустым"),
        ({"needs": [{"category": "other"}] * 11}, "поле «needs»: не больше 10 записей"),
        ({"needs": {"category": "other"}}, "поле «needs»: должно быть списком в квадратных"),
        ({"needs": ["other"]}, "поле «needs.1»: должно быть записью в фигурных скобках"),
        ({"words": "я" * 2001}, "поле «words»: не больше 2000 знаков"),
        ({"name": ""}, "поле «name»: не может быть пустым"),
        ({"income": 1}, "поле «income»: такого поля нет"),
        ({"phone": "12"}, "поле «phone»: это не похоже на телефон"),
        ({"phone": 89001234567}, "поле «phone»: должно быть текстом в кавычках"),
        ({"name": "  "}, "поле «name»: не может быть пустым"),
        ({"name": "Анна 5"}, "поле «name»: имя пишут буквами"),
        ({"members": [{"relation": "child", "born": "2018-13"}]}, "«members.1.born»: нужны год"),
        ({"members": [{"relation": "child", "born": "2026-10"}]}, "месяц ещё не наступил"),
        ({"phone": None}, "поле «channel»: для такого канала нужен телефон"),
        ({"phone": "+7 495 123-45-67"}, "поле «phone»: на городской телефон SMS не придёт"),
        ({"channel": "email", "address": "почта"}, "поле «address»: это не похоже на адрес почты"),
        ({"channel": "bot", "address": "12345"}, "поле «address»: чат бота пишут как"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_field(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    assert said in read(tmp_path, example(**changes))


def test_words_that_say_nothing_or_hide_signs_do_not_stop_the_story_in_its_middle(
    tmp_path: Path,
) -> None:
    """The API refuses them, minutes after the start."""
    told = example(words=" \u200b", needs=[{"category": "other", "words": "козы\u200b"}])
    file = tmp_path / "family.json"
    file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    family = custom_family.read(file)
    assert "words" not in family and family["needs"] == [{"category": "other", "words": "козы"}]


def test_what_is_no_json_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "это не JSON (строка 2)" in read(tmp_path, '{\n"district": D01}')
    with pytest.raises(custom_family.InvalidFamilyFile, match="такого файла нет"):
        custom_family.read(tmp_path / "nowhere.json")
    with pytest.raises(custom_family.InvalidFamilyFile, match="это папка"):
        custom_family.read(tmp_path)
    assert "записано неверно" in read(tmp_path, "[" * 100_000)
    assert "в файле должна быть одна семья, в фигурных скобках" in read(tmp_path, [example()])


def test_a_file_of_notepad_is_read_and_one_of_another_encoding_is_named(tmp_path: Path) -> None:
    file = tmp_path / "family.json"
    file.write_text(json.dumps(example(), ensure_ascii=False), "utf-8-sig")
    assert custom_family.read(file) == custom_family.read(EXAMPLE)
    file.write_text(json.dumps(example(), ensure_ascii=False), "cp1251")
    with pytest.raises(custom_family.InvalidFamilyFile, match="в кодировке UTF-8"):
        custom_family.read(file)


def test_a_story_that_there_is_not_is_refused_with_the_names_of_those_there_are() -> None:
    named = r"Истории «evening» нет\. Есть такие: .*hotline.*morning"
    with pytest.raises(UnknownStory, match=named):
        steps_of_all(["F-01", "evening"])


def test_a_family_is_told_or_a_story_and_not_both(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["demo", "--input", str(EXAMPLE), "--only", "card"])
    with pytest.raises(SystemExit):
        demo.main()
    assert "--only: not allowed with argument --input" in capsys.readouterr().err
