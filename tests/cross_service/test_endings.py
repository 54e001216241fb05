"""How an ending is asked of the other side, and who is told at each turn."""

from typing import Any

import pytest

from tests.cross_service.region import BOT, HQ, Town, rep

TIRED = {"reason": "guardian_resources_exhausted"}


@pytest.mark.requirement("S4-52")
def test_the_guardian_s_notice_is_put_to_the_family_and_put_again_after_a_day(town: Town) -> None:
    case, guardian = town.waiting(), town.ready()
    match = town.in_care(case, guardian)
    path, before = f"/matching/matches/{match}", len(town.letters)

    town.do(rep(guardian), f"{path}/notices", TIRED)
    assert town.heard(before) == [
        ("family", "Организация не сможет помогать дальше"),
        ("regional_hq", "Помощь семье может закончиться"),
    ]
    before = len(town.letters)
    town.at("2026-09-15 10:05")
    assert town.heard(before) == [
        ("family", "Ждём вашего ответа"),
        ("regional_hq", "Вторая сторона молчит уже сутки"),
    ]
    assert "закончить можно с 17 сентября в 10:00" in town.letters_to("regional_hq")[-1].text


@pytest.mark.requirement("S4-52")
def test_the_family_s_notice_is_put_to_the_guardian_and_its_answer_to_headquarters(
    town: Town,
) -> None:
    case, guardian = town.waiting(), town.ready()
    match = town.in_care(case, guardian)
    path, before = f"/matching/matches/{match}", len(town.letters)

    family: dict[str, Any] = {"Ryadom_On_Behalf_Of": case}
    town.do(BOT, f"{path}/notices", {"reason": "conflict"}, **family)
    assert town.heard(before) == [
        ("guardian_rep", "Семья хочет закончить"),
        ("regional_hq", "Помощь семье может закончиться"),
    ]
    before = len(town.letters)
    town.do(rep(guardian), f"{path}/notices", TIRED)
    assert town.heard(before) == [("regional_hq", "Помощь семье может закончиться")]
    assert "Обе стороны" in town.letters[-1].text
    town.at("2026-09-15 12:00")
    assert "Вторая сторона молчит уже сутки" not in {letter.title for letter in town.letters}
    town.do(HQ, f"{path}/ending", TIRED)
