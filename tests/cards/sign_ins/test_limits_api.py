"""How often a code may be asked for: by a phone, an address and everyone together."""

from datetime import timedelta

import pytest

from shared import clock
from tests.cards.api_client import CONTACT, PHONE, CardsClient
from tests.cards.sign_ins.codes import STRANGE, shape
from tests.support.api import Answer
from tests.support.world import at


def test_three_codes_an_hour_and_ten_a_day_for_one_phone(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.issue(contact=CONTACT)
    midnight = clock.wall().replace(hour=0, minute=5)
    statuses: dict[str, list[int]] = {PHONE: [], STRANGE: []}
    for hour in range(5):
        monkeypatch.setattr(clock, "wall", lambda hour=hour: midnight + timedelta(hours=hour))
        for phone, seen in statuses.items():
            seen += [client.ask_for_code(phone).status for _ in range(4)]

    expected = [202, 202, 202, 429] * 3 + [202, 429, 429, 429] + [429] * 4
    assert statuses == {PHONE: expected, STRANGE: expected}


@pytest.mark.parametrize(
    "first", ["2026-10-05 20:30", "2026-10-06 00:30"], ids=["over midnight", "over Greenwich's"]
)
def test_ten_codes_a_day_are_of_no_calendars_day(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    client.issue(contact=CONTACT)

    def ask(hours: int, times: int) -> list[Answer]:
        moment = at(first) + timedelta(hours=hours)
        monkeypatch.setattr(clock, "wall", lambda: moment)
        known = [client.ask_for_code(PHONE) for _ in range(times)]
        strange = [client.ask_for_code(STRANGE) for _ in range(times)]
        assert [shape(each)[::2] for each in known] == [shape(each)[::2] for each in strange]
        return known

    sent = [each.status for hours in range(3) for each in ask(hours, 3)] + [ask(3, 1)[0].status]
    (late,) = ask(4, 1)

    assert sent == [202] * 10
    assert (late.status, late.headers["Retry-After"]) == (429, str(20 * 3600))
    assert ask(23, 1)[0].status == 429
    assert [each.status for each in ask(24, 3)] == [202] * 3


def test_twenty_codes_an_hour_from_one_address(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    early = clock.wall().replace(minute=5)
    monkeypatch.setattr(clock, "wall", lambda: early)
    answers = [client.ask_for_code(f"+7921000{n:04d}") for n in range(21)]

    assert [a.status for a in answers] == [202] * 20 + [429]
    assert answers[-1].code == "too_many_sign_ins"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert '"sign_in_limited"' in capsys.readouterr().out


def test_the_breaker_stops_everyone_alike_when_too_many_codes_leave(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact={**CONTACT, "phone": "+79211234568"})
    client.world.environment["SIGN_IN_CODES_AN_HOUR"] = "2"
    now = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: now)
    for _ in range(2):
        client.ask_for_code()

    capsys.readouterr()
    answers = [client.ask_for_code(phone) for phone in ("+79211234568", STRANGE)]

    assert [(a.status, a.code) for a in answers] == [(503, "sign_in_paused")] * 2
    assert shape(answers[0]) == shape(answers[1])
    assert '"sign_in_breaker_open"' in capsys.readouterr().out


def test_strangers_phones_do_not_close_the_breaker_of_others(client: CardsClient) -> None:
    client.issue(contact=CONTACT)
    client.world.environment["SIGN_IN_CODES_AN_HOUR"] = "2"
    for number in range(5):
        client.ask_for_code(f"+7921000{number:04d}")

    assert client.sign_in()["access_token"]
