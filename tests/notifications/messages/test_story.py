"""What family, guardian and headquarters read while matching plays the story of F-01."""

import random
from typing import Any

import pytest

from services.notifications.channels.registry import Channels
from tests.matching.api_client import MatchingClient
from tests.matching.test_journey import play
from tests.notifications.fakes import FakeContactOwners, FakeProvider
from tests.support.world import MemoryLambda, at, world_at


class Neighbours(FakeContactOwners):
    """Matching answers for its guardians; intake is played."""

    def __init__(self, real: MemoryLambda) -> None:
        super().__init__()
        self.real = real

    def invoke(self, *, FunctionName: str, Payload: bytes, **more: Any) -> dict[str, Any]:
        if FunctionName.startswith("matching"):
            return self.real.invoke(FunctionName=FunctionName, Payload=Payload, **more)
        return super().invoke(FunctionName=FunctionName, Payload=Payload, **more)


def told(monkeypatch: pytest.MonkeyPatch, copies: int) -> FakeProvider:
    """Everything that was sent in the story, each queue message delivered `copies` times."""
    with world_at(at("2026-09-01 09:00"), ("matching", "notifications")) as world:
        gateway = FakeProvider()
        monkeypatch.setattr(Channels, "connect", lambda: gateway)
        world.environment = {"PUBLIC_URL": "https://ryadom.test"}
        world.functions = Neighbours(world.functions)  # type: ignore[assignment]
        world.copies = copies
        if copies > 1:
            world.shuffle = random.Random(copies)
        office = MatchingClient(world)
        office.staffed()
        play(office)
        return gateway


EXPECTED = {
    "family": [
        "Мы нашли организацию для вашей семьи",
        "Вы познакомились",
        "Соглашение о помощи подписано",
        "Помощь началась",
        "Как у вас дела?",
        "Как у вас дела?",
        "Помощь завершена",
    ],
    "guardian_rep": [
        "Мы получили вашу заявку опекуна",
        "Вашу организацию одобрили",
        "Вы будете помогать в своём регионе",
        "Вы прошли обучение",
        "Собеседование пройдено",
        "Вы готовы помогать семьям",
        "Семья ждёт вашей помощи",
        "Вы познакомились с семьёй",
        "Соглашение со штабом подписано",
        "Соглашение с семьёй подписано",
        "Спасибо за первую помощь",
        "Как идёт ваша помощь?",
        "Как идёт ваша помощь?",
        "Расскажите, как идёт помощь",
        "Работа с семьёй завершена",
    ],
    "regional_hq": [
        "В ваш регион пришёл новый опекун",
        "Сутки без знакомства: кто следующий",
        "Скоро срок знакомства",
        "Позвоните семье",
        "Позвоните семье",
    ],
    "region_lead": ["В регионе скоро срок знакомства"],
    "federal_hq": ["Новая заявка опекуна", "Опекун ждёт своего региона"],
}


@pytest.mark.requirement("X-02")
@pytest.mark.parametrize("copies", [1, 3])
def test_the_story_of_f01_is_told_to_each_side_once_however_often_it_is_delivered(
    monkeypatch: pytest.MonkeyPatch, copies: int
) -> None:
    gateway = told(monkeypatch, copies)

    titles: dict[str, list[str]] = {}
    for message in gateway.messages.values():
        titles.setdefault(message.recipient_role, []).append(message.title)
    assert {role: sorted(found) for role, found in titles.items()} == {
        role: sorted(found) for role, found in EXPECTED.items()
    }
    assert set(gateway.carried.values()) == {1}
