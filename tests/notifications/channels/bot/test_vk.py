"""VK: what its answers mean, its dropped copies, and what it lets us know."""

from collections.abc import Callable
from typing import Any

import pytest

from services.notifications.channels.bot import vk
from services.notifications.channels.bot.vk import random_id
from services.notifications.channels.port import OnDoubt, UpdateKind
from services.notifications.channels.wire import WireAnswer
from services.notifications.preferences.page import word_of
from services.notifications.preferences.values import SetBy
from shared.errors import Invalid, Unauthenticated
from tests.notifications.channels.conftest import FATES, fates, message, request
from tests.support.carriers import CarrierServer

CALL = {"group_id": 1, "secret": "demo-secret", "event_id": "e1"}


def test_every_answer_of_vk_is_understood(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found = provider("vk")

    assert fates(server, found, "vk", "bot", "vk:15") == FATES
    assert found.on_doubt is OnDoubt.REPEAT


def test_a_copy_of_the_same_message_reaches_nobody(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found = provider("vk")
    server.provider.fail("accept_then_timeout", 1, "vk")

    first, second = (found.send(message("v1", "bot", "vk:15")) for _ in range(2))

    assert (first.status, second.status) == (FATES["accept_then_timeout"], FATES["none"])
    assert server.copies()["msg_v1"] == 1
    assert 0 < random_id("msg_v1") < 2**31, "an int32"
    assert random_id("msg_v1") == random_id("msg_v1") != random_id("msg_v2")


def test_a_call_back_of_vk_is_believed_by_its_secret_and_read(
    provider: Callable[[str], Any],
) -> None:
    found = provider("vk")
    for wrong in ({"secret": "wrong"}, {"group_id": 2}, {"secret": None}, {"secret": "\ud800"}):
        with pytest.raises(Unauthenticated):
            found.verify(request(CALL | {"type": "message_new"} | wrong))
    with pytest.raises(Unauthenticated):
        found.verify(request("[]"))
    found.verify(request(CALL))
    assert found.parse(request(CALL | {"type": "confirmation"})).answer == "demo1234"

    said = {
        "message_allow": {"user_id": 15, "key": "code"},
        "message_deny": {"user_id": 15},
        "message_new": {"message": {"peer_id": 15, "from_id": 7, "text": "Да"}},
        "message_edit": {"peer_id": 15, "from_id": 7, "text": "Да"},
        "message_event": {"peer_id": 15, "user_id": 7, "payload": {"a": 1}},
    }
    read = [
        found.parse(request(CALL | {"type": name, "object": about})) for name, about in said.items()
    ]
    assert {one.answer for one in read} == {"ok"}
    updates = [one.updates[0] for one in read]
    assert {(one.chat, one.key) for one in updates} == {("15", "e1")}
    assert [one.kind for one in updates] == [
        UpdateKind.STARTED, UpdateKind.STOPPED, *[UpdateKind.SAID] * 3
    ]  # fmt: skip
    assert [one.text for one in updates] == ["code", "", "Да", "Да", "{'a': 1}"]
    assert found.parse(request(CALL | {"type": "wall_post_new", "object": {}})).updates == ()
    with pytest.raises(Invalid):
        found.parse(request(CALL | {"type": "message_deny", "object": {}, "event_id": ""}))


@pytest.mark.parametrize("called", ["[club1|Рядом] ", "[club1|@our], ", "[public1|@our] ", ""])
def test_what_is_said_to_the_community_in_a_group_is_read_without_its_name(
    provider: Callable[[str], Any], called: str
) -> None:
    """In a conversation a bot hears mostly what begins with its name, as VK writes it."""
    about = {"message": {"peer_id": 2000000001, "from_id": 7, "text": f"{called}стоп"}}
    body = CALL | {"type": "message_new", "object": about}

    (update,) = provider("vk").parse(request(body)).updates

    assert (update.chat, word_of(update.text)) == ("2000000001", SetBy.WORD)


def test_a_community_is_subscribed_and_knows_it(
    provider: Callable[[str], Any], server: CarrierServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, url = provider("vk"), "https://ryadom.test/notifications/v1/webhooks/vk"

    assert found.receives(url) is False
    for _ in range(2):
        assert found.subscribe(url), "again without a server more: a community has ten at most"
    assert found.receives(url) is True
    server.carriers.calls.clear()
    assert not found.subscribe(f"{url}-of-another-stage"), "the server of another is left alone"
    assert not any("editCallbackServer" in each for each in server.carriers.calls)
    ask = vk.Vk._ask
    with monkeypatch.context() as refusing:
        refusing.setattr(
            vk.Vk, "_ask", lambda bot, name, form: "edit" not in name and ask(bot, name, form)
        )
        assert not found.subscribe(url), "with a secret of before"
    unreachable = found.model_copy(update={"url": "http://127.0.0.1:9"})
    assert (unreachable.subscribe(url), unreachable.receives(url)) == (False, None)


def test_only_some_errors_of_vk_say_that_it_has_no_message() -> None:
    def sent(code: int | None) -> str:
        found = vk._sent(WireAnswer(200, {"error": {"error_code": code}}))
        return found.code or "" if found.status.value == "absent" else found.status.value

    codes = {6: "too_many", 9: "too_many", 29: "too_many", 5: "not_taken", 901: "refused"}
    codes |= {1: "unknown", 10: "unknown", 36: "unknown"}
    # Of a chat that the community was turned out of, and of a person who has left VK.
    codes |= dict.fromkeys((18, 900, 917, 922, 945, 1012, 3610), "refused")
    assert {code: sent(code) for code in codes} == codes
