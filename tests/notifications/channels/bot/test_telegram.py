"""Telegram: what its answers mean, and what it lets us know."""

from collections.abc import Callable
from typing import Any

import pytest

from services.notifications.channels.bot import telegram
from services.notifications.channels.port import (
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
    UpdateKind,
)
from services.notifications.channels.wire import WireAnswer
from shared import clock
from shared.errors import Invalid, Unauthenticated
from tests.notifications.channels.conftest import FATES, fates, message, request
from tests.support.carriers import CarrierServer

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": "demo-secret"}


def test_every_answer_of_telegram_is_understood(
    provider: Callable[[str], Any], server: CarrierServer
) -> None:
    found = provider("telegram")

    assert fates(server, found, "telegram", "bot", "telegram:15") == FATES
    assert found.on_doubt is OnDoubt.LEAVE
    server.provider.fail("too_many", 1, "telegram")
    assert found.send(message("t1", "bot", "telegram:15")).retry_after == 7
    assert "demo" not in repr(found).replace("http", "")
    assert telegram._sent(WireAnswer(200, {"ok": True, "result": {"message_id": 7}})) == (
        DeliveryReport(DeliveryStatus.TAKEN, provider_id="7")
    )
    for unclear in ({"ok": True, "result": True}, {"result": {"message_id": 1}}):
        assert telegram._sent(WireAnswer(200, unclear)).status is DeliveryStatus.UNKNOWN


def test_an_update_of_telegram_is_believed_by_its_secret_and_read(
    provider: Callable[[str], Any],
) -> None:
    found = provider("telegram")
    chat = {"chat": {"id": 15}}
    blocked = {**chat, "new_chat_member": {"status": "kicked"}}
    said: list[dict[str, Any]] = [
        {"message": {**chat, "text": "/start code"}},
        {"my_chat_member": blocked},
        {"message": {**chat, "from": {"id": 7}, "caption": "Да", "photo": [{}]}},
        {"callback_query": {"from": {"id": 7}, "message": chat, "data": "yes"}},
        {"edited_message": {**chat, "text": "Да"}},
        # Of a message too old to be shown there is nothing but who has pressed.
        {"callback_query": {"from": {"id": 15}, "data": "yes"}},
    ]
    with pytest.raises(Unauthenticated):
        found.verify(request(said[0], {"X-Telegram-Bot-Api-Secret-Token": "wrong"}))
    found.verify(request(said[0], HEADERS))
    changing = found.model_copy(update={"secret": "next-one", "former_secret": "demo-secret"})
    changing.verify(request(said[0], HEADERS))

    read = [
        found.parse(request({"update_id": number, **body})).updates[0]
        for number, body in enumerate(said)
    ]

    assert [(one.key, one.chat) for one in read] == [(str(number), "15") for number in range(6)]
    assert [one.kind for one in read] == [
        UpdateKind.STARTED, UpdateKind.STOPPED, *[UpdateKind.SAID] * 4
    ]  # fmt: skip
    assert [one.text for one in read] == ["code", "", "Да", "yes", "Да", "yes"]
    unblocked = {**chat, "new_chat_member": {"status": "member"}}
    nothing: list[dict[str, Any]] = [{"poll": {}}, {"my_chat_member": unblocked}]
    for each in nothing:
        assert found.parse(request({"update_id": 9, **each})).updates == ()
    with pytest.raises(Invalid):
        found.parse(request({"message": chat}))
    (sticker,) = found.parse(request({"update_id": 9, "message": {**chat, "sticker": {}}})).updates
    assert sticker.text == ""
    (nowhere,) = found.parse(request({"update_id": 9, "message": {"text": "Да"}})).updates
    assert nowhere.chat == ""


def test_a_bot_of_telegram_is_subscribed_and_knows_when_nothing_arrives(
    provider: Callable[[str], Any], server: CarrierServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, url = provider("telegram"), "https://ryadom.test/notifications/v1/webhooks/telegram"

    assert found.receives(url) is False
    refuses = found.model_copy(update={"url": found.url.replace("telegram", "none")})
    assert not refuses.subscribe(url)
    assert found.subscribe(url)
    assert found.receives(url) is True
    assert found.receives(f"{url}/another") is False
    failed_at = int(clock.wall().timestamp())
    for waiting, failed, well in (
        (3, failed_at, False), (0, failed_at, True), (3, 1, True), (3, None, True),
    ):  # fmt: skip
        said = {"pending_update_count": waiting, "last_error_date": failed}
        monkeypatch.setattr(server.carriers, "waiting", said)
        assert found.receives(url) is well, said


def test_only_a_fault_of_ours_says_that_telegram_has_no_message() -> None:
    def sent(code: object) -> str:
        return telegram._sent(WireAnswer(200, {"ok": False, "error_code": code})).status.value

    known = {400: "refused", 403: "refused", 429: "absent", 401: "absent", 404: "absent"}
    unknown = dict.fromkeys((500, 502, 503, "400", None), "unknown")
    assert {code: sent(code) for code in (*known, *unknown)} == known | unknown
    later = WireAnswer(200, {"ok": False, "error_code": 429}, retry_after=9)
    assert telegram._sent(later).retry_after == 9
