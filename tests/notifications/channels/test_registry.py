"""Which provider carries a message, and at what rate."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from services.notifications.channels import breaker, registry
from services.notifications.channels.port import Arrival, DeliveryStatus, OnDoubt, Sending
from services.notifications.channels.registry import Channels, configured
from services.notifications.channels.sms.smsc import Smsc
from shared import clock, parameters
from shared.errors import Unavailable
from shared.storage import connection
from tests.notifications.channels.conftest import PARAMETER, message
from tests.support.carriers import CarrierServer
from tests.support.world import World, at

PHONE = "+79161234567"


@pytest.mark.parametrize("name", ["max", "vk", "telegram", "smsc", "sms_aero", "gateway"])
def test_no_call_trusts_other_roots_than_its_provider_names(
    provider: Callable[[str], Any], name: str
) -> None:
    """MAX is trusted by one root alone, and no usual one."""
    own = provider(name).model_copy(update={"ca": "/ryadom/test/missing"})
    sent = own.send(message("r1", own.channels[0], "15"))
    assert (sent.status, sent.code) == (DeliveryStatus.ABSENT, "unreachable")
    assert own.status(Sending("msg_r1", PHONE)).status is DeliveryStatus.UNKNOWN
    if "bot" in own.carries:
        assert (own.subscribe("https://ryadom.test"), own.receives("https://ryadom.test")) == (
            False, None,
        )  # fmt: skip


def test_the_first_provider_of_a_channel_that_is_well_is_taken(
    channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert channels.choose("sms", PHONE) == "smsc"
    assert channels.choose("sms", PHONE, ("smsc",)) == "sms_aero"
    assert channels.choose("sms", PHONE, ("smsc", "sms_aero", "sns")) is None
    assert channels.choose("email", "a@example.org") == "ses"
    assert channels.choose("bot", "15") == "max"
    assert channels.choose("bot", "vk:15") == "vk"
    assert channels.choose("bot", "vk:15", ("vk",)) is None
    assert channels.choose("bot", "viber:15") is None
    assert channels.choose("inbox", "regional_hq@ZR") == "gateway"
    assert channels.choose("phone_task", PHONE, ("gateway",)) == "work_list"

    monkeypatch.setattr(breaker, "rests", lambda name: name in ("smsc", "max"))
    assert channels.choose("sms", PHONE) == "sms_aero"
    # Who has that number in another messenger is somebody else.
    assert channels.choose("bot", "15") == "max"
    assert channels.choose("bot", "15", ("max",)) is None
    monkeypatch.setattr(breaker, "rests", lambda name: True)
    assert channels.choose("sms", PHONE) == "smsc"


def test_what_cannot_arrive_is_refused_before_it_leaves(
    channels: Channels, server: CarrierServer
) -> None:
    before = len(server.carriers.calls)

    def long(name: str, channel: str, to: str, letters: int = 10_000) -> tuple[str, str | None]:
        text = replace(message("r1", channel, to), text="я" * letters)
        report = channels.send(name, text)
        return report.status.value, report.code

    for name in ("max", "vk", "telegram"):
        assert long(name, "bot", f"{name}:15") == ("refused", "too_long")
    for name in ("smsc", "sms_aero", "sns"):
        assert long(name, "sms", PHONE) == ("refused", "too_long")
    # What another provider of the channel can carry is left to it.
    assert long("sms_aero", "sms", PHONE, 700) == ("absent", "too_long")
    for address in ("max:15&chat_id=1", "telegram:@anna", PHONE):
        to_nobody = message("r2", "bot", address)
        assert channels.send("telegram", to_nobody).code == "no_such_address"
    assert len(server.carriers.calls) == before


def test_a_provider_gets_no_more_than_it_takes_in_a_second(container: None) -> None:
    waits: list[float] = []
    telegram = configured()["telegram"].model_copy(update={"per_second": 1})
    channels = Channels({"telegram": telegram}, connection.store(), waits.append)

    assert channels.has_room("telegram", urgent=False)
    assert all(channels.has_room("work_list", urgent=False) for _ in range(50))
    tries = [channels.has_room("telegram", urgent=False) for _ in range(2)]
    assert False in tries
    assert waits[:3] == [0.5, 0.6, 0.7]


def test_a_rush_leaves_room_for_what_is_urgent(
    container: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram = configured()["telegram"].model_copy(update={"per_second": 10})
    channels = Channels({"telegram": telegram}, connection.store(), lambda seconds: None)
    monkeypatch.setattr(clock, "wall", lambda: at("2026-09-14 12:00"))

    assert [channels.has_room("telegram", urgent=False) for _ in range(9)] == [True] * 8 + [False]
    assert [channels.has_room("telegram", urgent=True) for _ in range(3)] == [True, True, False]


def test_what_is_known_of_an_arrival_is_the_providers_to_say(channels: Channels) -> None:
    known = channels._providers["smsc"]
    assert isinstance(known, Smsc)
    channels._providers |= {"tells": known.model_copy(update={"reports": True})}

    names = ("tells", "smsc", "telegram", "work_list", "old_one")
    assert [channels.arrival(each) for each in names] == [
        Arrival.REPORTED, Arrival.SILENT, Arrival.SILENT, Arrival.ASSURED, Arrival.SILENT,
    ]  # fmt: skip


def test_a_provider_that_left_the_configuration_knows_nothing(channels: Channels) -> None:
    assert channels.on_doubt("old_one") is OnDoubt.LEAVE
    assert channels.status("old_one", Sending("msg_1")).status is DeliveryStatus.UNKNOWN
    assert channels.find("old_one") is channels.find_bot("smsc") is None
    assert channels.find_bot("max") is not None


def test_a_configuration_with_an_unknown_field_is_refused_without_its_secrets(
    world: World, container: None
) -> None:
    wrong = json.loads(world.parameters.values[PARAMETER])
    wrong["max"]["tokn"] = "SECRET"
    with pytest.raises(ValidationError) as refusal:
        registry.CONFIGURATION.validate_python(wrong)
    assert "SECRET" not in str(refusal.value)


def test_a_configuration_that_was_mistyped_is_not_taken(
    world: World, container: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parameters, "SECRET_SECONDS", 0)
    good, kept = configured(), world.parameters.values[PARAMETER]
    world.parameters.values[PARAMETER] = kept.replace('"token"', '"tokn"')
    assert configured() == good

    parameters._secrets.cache_clear()  # a container that has none
    with pytest.raises(Unavailable):
        configured()
    world.parameters.values[PARAMETER] = kept
    assert configured() == good


def test_no_provider_shows_its_secrets(world: World, container: None) -> None:
    known = json.loads(world.parameters.values[PARAMETER])
    secret = {"token", "secret", "confirmation", "api_key", "access_key", "secret_key", "email"}
    hidden = {
        name: given | dict.fromkeys(secret & given.keys(), "SECRET")
        for name, given in known.items()
    }
    hidden["gateway"]["token"] = "SECRET"
    shown = repr(registry.CONFIGURATION.validate_python(hidden))
    assert "SECRET" not in shown
    assert "Vk(" in shown
