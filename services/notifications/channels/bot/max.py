"""MAX: the bot API of dev.max.ru (`POST /messages`, `/subscriptions`), as of 2026-11.

From dev.max.ru/docs-api (methods `POST/messages`, `POST/subscriptions`, `GET/subscriptions`): host
`platform-api2.max.ru` alone since July 2026, whose certificate is trusted by the Russian Trusted
Root; token in the header `Authorization`, no longer in the query; 30 calls a second in all and 2 a
second in a dialogue; updates carry `X-Max-Bot-Api-Secret`; only https with a certificate that MAX
trusts is called; a bot whose address does not answer for 8 hours is unsubscribed. Nothing there
drops a second copy or finds a message by an id of ours, so what is unknown is never sent again.
That a person who has stopped the bot is answered 403 `chat.denied` (`error.dialog.suspended`) is
on no page of MAX, but in what many clients have met; so is a bot before its moderation. Of 503 its
pages say that the service is not available, and no more; its own clients repeat nothing
(max-bot-api-client-go), others repeat it and warn of copies (max-bot-sender-php): without a
`Retry-After` it is unknown.
"""

from dataclasses import replace
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
    Call,
    Provider,
    WireAnswer,
    ask,
    deliver,
    listed,
    reason,
    update_of,
)
from shared.api.inputs import Request
from shared.errors import Unauthenticated

UPDATES = ("message_created", "message_edited", "message_callback", "bot_started", "bot_stopped")
REFUSED = {403: "blocked_by_user", 404: "no_such_address"}
# SHA-256 of the Russian Trusted Root CA (valid until 2032-02-27), as gosuslugi.ru/crt gives it out
# and as public code pins it: a deployment compares it with what the stage trusts.
ROOT_FINGERPRINT = "D26D2D0231B7C39F92CC738512BA54103519E4405D68B5BD703E9788CA8ECF31"


class Max(Provider):
    """A bot of MAX; `ca` names the parameter with the Russian Trusted Root."""

    kind: Literal["max"]
    carries: ClassVar[tuple[str, ...]] = ("bot",)
    longest: ClassVar[int] = 4000
    wanted: ClassVar[tuple[str, ...]] = UPDATES
    url: str = "https://platform-api2.max.ru"
    token: str = Field(repr=False)
    secret: str = Field(repr=False, min_length=5)
    per_second: int = 30

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Write to the person's dialogue with the bot."""
        address = f"{self.url}/messages?user_id={chat_of(message.to)}"
        body = {"text": message.text}
        headers = self.headers_of(message) | self._proof()
        return deliver(Call("POST", address, headers, json=body, ca=self.ca), _sent)

    def verify(self, request: Request) -> None:
        """Refuse an update without the secret of our subscription."""
        if not self.knows_secret(request.header("X-Max-Bot-Api-Secret") or ""):
            raise Unauthenticated

    def parse(self, request: Request) -> ParsedRequest:
        """Return what a person did: began, stopped, wrote, or pressed a button."""
        said = update_of(request)
        update = _UPDATES.get(str(said.get("update_type")), _nothing)(said)
        return ParsedRequest(() if update is None else (update,))

    def subscribe(self, url: str) -> bool:
        """Have updates sent to our address."""
        body = {"url": url, "update_types": list(self.wanted), "secret": self.secret}
        call = Call("POST", f"{self.url}/subscriptions", self._proof(), json=body, ca=self.ca)
        answer = ask(call)
        return isinstance(answer, WireAnswer) and answer.fields.get("success") is True

    def receives(self, url: str) -> bool | None:
        """Return whether our address is among the bot's subscriptions."""
        answer = ask(Call("GET", f"{self.url}/subscriptions", self._proof(), ca=self.ca))
        if isinstance(answer, DeliveryReport) or answer.http_status != 200:
            return None
        found = answer.fields.get("subscriptions")
        return any(_field(each, "url") == url for each in listed(found))

    def _proof(self) -> dict[str, str]:
        return {"Authorization": self.token}


def _sent(answer: WireAnswer) -> DeliveryReport:
    mid = _field(answer.fields, "message", "body", "mid")
    if answer.http_status == 200 and mid:
        return DeliveryReport(DeliveryStatus.TAKEN, provider_id=str(mid))
    if answer.http_status in REFUSED:
        return DeliveryReport(DeliveryStatus.REFUSED, REFUSED[answer.http_status])
    if answer.http_status == 400:
        return DeliveryReport(DeliveryStatus.REFUSED, reason(answer.fields.get("code")))
    if answer.http_status in (401, 405):
        return DeliveryReport(DeliveryStatus.ABSENT, NOT_TAKEN)
    return DeliveryReport(DeliveryStatus.UNKNOWN)


def _began(said: dict[str, Any]) -> ProviderUpdate | None:
    return _of_person(said, UpdateKind.STARTED, str(said.get("payload") or ""))


def _stopped(said: dict[str, Any]) -> ProviderUpdate | None:
    return _of_person(said, UpdateKind.STOPPED, "")


def _of_person(said: dict[str, Any], kind: UpdateKind, text: str) -> ProviderUpdate | None:
    chat = _field(said, "user", "user_id")
    key = f"{said.get('update_type')}:{said.get('timestamp')}:{chat}"
    return ProviderUpdate(key, kind, chat=str(chat), text=text) if chat else None


def _wrote(said: dict[str, Any]) -> ProviderUpdate | None:
    sender = _field(said, "message", "sender", "user_id")
    chat, mid = _chat(said, sender), _field(said, "message", "body", "mid")
    text = str(_field(said, "message", "body", "text") or "")
    whole = mid and chat
    return ProviderUpdate(str(mid), UpdateKind.SAID, chat=str(chat), text=text) if whole else None


def _edited(said: dict[str, Any]) -> ProviderUpdate | None:
    again = _wrote(said)
    return again and replace(again, key=f"{again.key}:{said.get('timestamp')}")


def _pressed(said: dict[str, Any]) -> ProviderUpdate | None:
    presser = _field(said, "callback", "user", "user_id")
    chat, key = _chat(said, presser), _field(said, "callback", "callback_id")
    text, whole = str(_field(said, "callback", "payload") or ""), key and chat
    return ProviderUpdate(str(key), UpdateKind.SAID, chat=str(chat), text=text) if whole else None


def _chat(said: dict[str, Any], person: Any) -> Any:
    """Return who speaks to the bot: a person in its dialogue, or the group in which it was said."""
    recipient = _field(said, "message", "recipient")
    alone = _field(recipient, "chat_type") in (None, "dialog")
    return person if alone else _field(recipient, "chat_id")


def _nothing(said: dict[str, Any]) -> None:
    return None


def _field(found: Any, *path: str) -> Any:
    """Return a value inside of JSON objects; None where there is none."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


_UPDATES = {
    "bot_started": _began,
    "bot_stopped": _stopped,
    "message_created": _wrote,
    "message_edited": _edited,
    "message_callback": _pressed,
}
