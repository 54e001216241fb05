"""Telegram: the Bot API (`sendMessage`, `setWebhook`, `getWebhookInfo`).

From core.telegram.org/bots/api and bots/faq: an answer is `ok` with `result`, or `error_code` with
`parameters.retry_after` for 429; 30 messages a second in all and one a second in a chat; updates
carry `X-Telegram-Bot-Api-Secret-Token` (1 to 256 of `A-Za-z0-9_-`) and differ by `update_id`;
`getWebhookInfo` keeps the address even when all calls to it fail, so that `pending_update_count`
and `last_error_date` tell silence. It neither drops a second copy nor finds a message by an id of
ours (tdlib/telegram-bot-api#126), so what is unknown is never sent again. That is so of 5xx:
messages arrived that a client was answered 502 or a timeout about (python-telegram-bot#1045), and
clients repeat after them only when they are set to do so (grammyjs/auto-retry). The token is
part of the address, which is never logged.
"""

from typing import Any, ClassVar, Literal

from pydantic import Field

from services.notifications.channels.bot.chats import chat_of
from services.notifications.channels.port import (
    DeliveryReport,
    DeliveryStatus,
    OutgoingMessage,
    ParsedRequest,
    ProviderUpdate,
    UpdateKind,
)
from services.notifications.channels.wire import (
    NOT_TAKEN,
    TOO_MANY,
    Call,
    Provider,
    WireAnswer,
    ask,
    code_of,
    deliver,
    update_of,
)
from shared import clock
from shared.api.inputs import Request
from shared.errors import Invalid, Unauthenticated

UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
# 400 is "chat not found" and 403 "bot was blocked by the user"; the words are not a contract.
STUCK_SECONDS = 3600
REFUSED = {400: "no_such_address", 403: "blocked_by_user"}


class Telegram(Provider):
    """A bot of Telegram."""

    kind: Literal["telegram"]
    carries: ClassVar[tuple[str, ...]] = ("bot",)
    longest: ClassVar[int] = 4096
    wanted: ClassVar[tuple[str, ...]] = UPDATES
    url: str = "https://api.telegram.org"
    token: str = Field(repr=False)
    secret: str = Field(repr=False, min_length=5, pattern=r"^[A-Za-z0-9_-]+$")
    per_second: int = 30

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Write to the person's chat with the bot."""
        body = {"chat_id": chat_of(message.to), "text": message.text}
        return deliver(self._call("sendMessage", body, self.headers_of(message)), _sent)

    def verify(self, request: Request) -> None:
        """Refuse an update without the secret of our webhook."""
        if not self.knows_secret(request.header("X-Telegram-Bot-Api-Secret-Token") or ""):
            raise Unauthenticated

    def parse(self, request: Request) -> ParsedRequest:
        """Return what a person did: began, stopped, wrote, or pressed a button."""
        said = update_of(request)
        number = said.get("update_id")
        if not isinstance(number, int):
            raise Invalid("update_unreadable")
        for name, read in _READERS.items():
            if isinstance(said.get(name), dict):
                found = read(str(number), said[name])
                return ParsedRequest(() if found is None else (found,))
        return ParsedRequest()

    def subscribe(self, url: str) -> bool:
        """Have updates sent to our address."""
        body = {"url": url, "secret_token": self.secret, "allowed_updates": list(self.wanted)}
        answer = ask(self._call("setWebhook", body, {}))
        return isinstance(answer, WireAnswer) and answer.fields.get("result") is True

    def receives(self, url: str) -> bool | None:
        """Return whether our address is the bot's webhook, and takes what it is called with."""
        answer = ask(self._call("getWebhookInfo", {}, {}))
        if isinstance(answer, DeliveryReport) or answer.http_status != 200:
            return None
        found = answer.fields.get("result")
        return isinstance(found, dict) and found.get("url") == url and not _is_stuck(found)

    def _call(self, method: str, body: dict[str, Any], headers: dict[str, str]) -> Call:
        return Call("POST", f"{self.url}/bot{self.token}/{method}", headers, json=body, ca=self.ca)


def _is_stuck(found: dict[str, Any]) -> bool:
    """Return whether updates wait because the last call to us failed, not long ago."""
    failed_at, waiting = found.get("last_error_date"), found.get("pending_update_count")
    if not isinstance(failed_at, int) or not isinstance(waiting, int):
        return False
    return waiting > 0 and clock.wall().timestamp() - failed_at < STUCK_SECONDS


def _sent(answer: WireAnswer) -> DeliveryReport:
    result, code = answer.fields.get("result"), code_of(answer.fields.get("error_code"))
    if answer.fields.get("ok") is True and isinstance(result, dict):
        return DeliveryReport(DeliveryStatus.TAKEN, provider_id=str(result.get("message_id")))
    if code in REFUSED:
        return DeliveryReport(DeliveryStatus.REFUSED, REFUSED[code])
    if code == 429:
        return DeliveryReport(DeliveryStatus.ABSENT, TOO_MANY, retry_after=answer.retry_after)
    if code is not None and code < 500:
        return DeliveryReport(DeliveryStatus.ABSENT, NOT_TAKEN)
    return DeliveryReport(DeliveryStatus.UNKNOWN)


def _wrote(key: str, about: dict[str, Any]) -> ProviderUpdate:
    text = str(about.get("text") or about.get("caption") or "")
    began = text == "/start" or text.startswith("/start ")
    kind = UpdateKind.STARTED if began else UpdateKind.SAID
    said = text.removeprefix("/start").strip() if began else text
    return ProviderUpdate(key, kind, chat=_id(about.get("chat")), text=said)


def _pressed(key: str, about: dict[str, Any]) -> ProviderUpdate:
    text = str(about.get("data") or "")
    # Of a message too old to be shown there is no chat.
    pressed = about.get("message")
    chat = _id(pressed.get("chat")) if isinstance(pressed, dict) else _id(about.get("from"))
    return ProviderUpdate(key, UpdateKind.SAID, chat=chat, text=text)


def _membership(key: str, about: dict[str, Any]) -> ProviderUpdate | None:
    member = about.get("new_chat_member")
    left = isinstance(member, dict) and member.get("status") in ("kicked", "left")
    chat = _id(about.get("chat"))
    return ProviderUpdate(key, UpdateKind.STOPPED, chat=chat) if left else None


def _id(found: Any) -> str:
    return str(found.get("id")) if isinstance(found, dict) else ""


_READERS = {
    "message": _wrote,
    "edited_message": _wrote,
    "callback_query": _pressed,
    "my_chat_member": _membership,
}
