"""MAX: what its answers mean, and what it lets us know."""

from collections.abc import Callable
from typing import Any

import pytest

from services.notifications.channels.bot.max import _sent
from services.notifications.channels.port import (
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    UpdateKind,
)
from services.notifications.channels.wire import WireAnswer
from shared.errors import Unauthenticated
from tests.notifications.channels.conftest import FATES, fates, message, request
from tests.support.carriers import CarrierServer

HEADERS = {"X-Max-Bot-Api-Secret": "demo-secret"}


def test_every_answer_of_max_is_understood(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found = provider("max")

    assert fates(server, found, "max", "bot", "max:15") == FATES
    assert found.on_doubt is OnDoubt.LEAVE
    server.provider.fail("too_many", 1, "max")
    assert found.send(message("m1", "bot", "max:15")).retry_after == 7
    (sent,) = [m for m in server.provider.messages() if m["message_id"] == "msg_max-none"]
    assert (sent["to"], sent["text"], sent["channel"]) == ("15", "Здравствуйте!", "bot")
    server.provider.fail("refuse", 1, "max")
    assert found.send(message("m4", "bot", "max:15")).code == "blocked_by_user"
    wrong = found.model_copy(update={"token": ""})
    assert wrong.send(message("m2", "bot", "max:15")).code == "not_taken"
    taken = _sent(WireAnswer(200, {"message": {"body": {"mid": "mid.7"}}}))
    assert (taken.status, taken.provider_id) == (DeliveryStatus.TAKEN, "mid.7")
    codes = [_sent(WireAnswer(each, {})).code for each in (403, 404, 405)]
    assert codes == ["blocked_by_user", "no_such_address", "not_taken"]
    assert "demo" not in repr(found)


def test_an_update_of_max_is_believed_by_its_secret_and_read(
    provider: Callable[[str], Any],
) -> None:
    found = provider("max")
    user = {"user": {"user_id": 15}, "timestamp": 1}
    wrote = {"sender": {"user_id": 15}, "body": {"mid": "mid.7", "text": "Да"}}
    pressed = {"callback_id": "c1", "user": {"user_id": 15}, "payload": "yes"}
    said: dict[str, dict[str, Any]] = {
        "bot_started": {"update_type": "bot_started", "payload": "code", **user},
        "bot_stopped": {"update_type": "bot_stopped", **user},
        "message_created": {"update_type": "message_created", "message": wrote},
        "message_callback": {"update_type": "message_callback", "callback": pressed},
    }

    for headers in ({}, {"X-Max-Bot-Api-Secret": "wrong"}):
        with pytest.raises(Unauthenticated):
            found.verify(request(said["bot_started"], headers))
    found.verify(request(said["bot_started"], HEADERS))
    changing = found.model_copy(update={"secret": "next-one", "former_secret": "demo-secret"})
    changing.verify(request(said["bot_started"], HEADERS))
    read = {name: found.parse(request(body, HEADERS)).updates[0] for name, body in said.items()}
    assert {one.chat for one in read.values()} == {"15"}
    assert [one.kind for one in read.values()] == [
        UpdateKind.STARTED, UpdateKind.STOPPED, UpdateKind.SAID, UpdateKind.SAID
    ]  # fmt: skip
    assert [one.text for one in read.values()] == ["code", "", "Да", "yes"]
    edited = said["message_created"] | {"update_type": "message_edited", "timestamp": 2}
    (again,) = found.parse(request(edited, HEADERS)).updates
    assert (again.text, again.key) == ("Да", "mid.7:2"), "it is heard, though it has been before"
    assert (read["message_created"].key, read["message_callback"].key) == ("mid.7", "c1")
    alone = {"recipient": {"chat_type": "dialog", "chat_id": -70}}
    (heard,) = found.parse(request(said["message_created"] | {"message": wrote | alone})).updates
    assert heard.chat == "15"
    in_group = {"recipient": {"chat_type": "chat", "chat_id": -70}}
    for name, about in (("message_created", wrote | in_group), ("message_callback", in_group)):
        (heard,) = found.parse(request(said[name] | {"message": about}, HEADERS)).updates
        assert heard.chat == "-70", "who says it in a group says it for the group"
    half: tuple[dict[str, Any], ...]
    half = ({"sender": {"user_id": 15}}, {"body": {"mid": "mid.7", "text": "Да"}}, {})
    unsaid = [{"update_type": "message_created", "message": each} for each in half]
    half = ({"callback_id": "c1"}, {"user": {"user_id": 15}})
    unpressed = [{"update_type": "message_callback", "callback": each} for each in half]
    for nonsense in ({"update_type": "dialog_muted"}, *unsaid, *unpressed, "[1]"):
        assert found.parse(request(nonsense)).updates == ()


def test_a_bot_of_max_is_subscribed_and_knows_it(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found, url = provider("max"), "https://ryadom.test/notifications/v1/webhooks/max"

    assert found.receives(url) is False
    assert found.subscribe(url)
    assert found.receives(url) is True
    server.carriers.webhooks.clear()
    assert found.receives(url) is False
    unreachable = found.model_copy(update={"url": "http://127.0.0.1:9"})
    assert (unreachable.receives(url), unreachable.subscribe(url)) == (None, False)
    assert isinstance(unreachable.send(message("m3", "bot", "max:15")), DeliveryReport)
