"""VK: messages of a community (`messages.send`, API 5.199) and its Callback API.

From dev.vk.com/ru/method/messages.send: `random_id` is an int32 other than 0, and is compared with
the messages of the dialogue in the last hour, at most 100 (until 2019 with the whole history): the
same message sent again is dropped within that hour, and not later. An answer is `response` or
`error` with a code, always under HTTP 200; 20 calls a second by a community's key. A call-back
carries `secret` in its body (its `confirmation`, too: github.com/SevereCloud/vksdk,
callback.go), wants the word `ok`, and repeats an `event_id` until it gets it. A community has at
most ten servers. Errors: github.com/VKCOM/vk-api-schema, errors.json. In a conversation people call
a community as `[club1|@name], …`.
"""

import hashlib
import re
from datetime import timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field

from services.notifications.channels.bot.chats import chat_of
from services.notifications.channels.port import (
    DeliveryReport,
    DeliveryStatus,
    OnDoubt,
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
    listed,
    update_of,
)
from shared.api.inputs import Request
from shared.errors import Invalid, Unauthenticated

VERSION = "5.199"
_CALLED = re.compile(r"\[(?:club|public)\d+\|[^\]]*\],?\s*")
EVENTS = ("message_new", "message_edit", "message_event", "message_allow", "message_deny")
# 6 and 9: too often; 1, 10 and 36: VK's own failure, so that it may have taken the message.
BUSY, FAILING = (6, 9, 29), (1, 10, 36)
# What is wrong with this person or chat alone, and nothing against VK: all else is our own fault.
REFUSED = {
    code: why
    for why, codes in {
        "no_such_address": (18, 100, 113, 927, 936, 3610, 3611),
        "blocked_by_user": (900,),
        "not_allowed": (901, 902, 917, 922, 932, 945, 946, 950, 987, 988, 1012),
        "too_long": (910, 914),
    }.items()
    for code in codes
}


class Vk(Provider):
    """A community of VK; `confirmation` is the code of its Callback API server."""

    kind: Literal["vk"]
    on_doubt: ClassVar[OnDoubt] = OnDoubt.REPEAT
    # An hour, less what a call and two clocks may differ by.
    drops_copies_for: ClassVar[timedelta] = timedelta(minutes=50)
    carries: ClassVar[tuple[str, ...]] = ("bot",)
    longest: ClassVar[int] = 4096
    wanted: ClassVar[tuple[str, ...]] = EVENTS
    url: str = "https://api.vk.com"
    token: str = Field(repr=False)
    group: int
    secret: str = Field(repr=False, min_length=5)
    confirmation: str = Field(repr=False)
    per_second: int = 20

    def send(self, message: OutgoingMessage) -> DeliveryReport:
        """Write to the person's dialogue with the community; a second copy is dropped by VK."""
        form = {
            "peer_id": chat_of(message.to),
            "message": message.text,
            "random_id": str(random_id(message.message_id)),
        }
        return deliver(self._call("messages.send", form, self.headers_of(message)), _sent)

    def verify(self, request: Request) -> None:
        """Refuse a call-back of another community, or without our secret."""
        said = update_of(request)
        given = str(said.get("secret") or "")
        if said.get("group_id") != self.group or not self.knows_secret(given):
            raise Unauthenticated

    def parse(self, request: Request) -> ParsedRequest:
        """Return what a person did: allowed, forbade, wrote, or pressed a button."""
        said = update_of(request)
        if said.get("type") == "confirmation":
            return ParsedRequest(answer=self.confirmation)
        read, about = _READERS.get(str(said.get("type"))), said.get("object")
        if read is None or not isinstance(about, dict):
            return ParsedRequest()
        if not said.get("event_id"):
            raise Invalid("update_unreadable")
        return ParsedRequest((read(str(said["event_id"]), about),))

    def subscribe(self, url: str) -> bool:
        """Have call-backs of the community sent to our address."""
        servers = self._servers()
        if servers is None:
            return False
        ours = next((each for each in servers if each.get("url") == url), None)
        asked = {"url": url, "title": "Ryadom", "secret_key": self.secret}
        if ours is None:
            made = self._ask("groups.addCallbackServer", asked)
            number = made.get("server_id") if isinstance(made, dict) else None
        else:
            number = ours.get("id")
            asked["server_id"] = str(number)
            if not self._ask("groups.editCallbackServer", asked):
                return False
        if number is None:
            return False
        wanted = {"server_id": str(number), "api_version": VERSION} | dict.fromkeys(
            self.wanted, "1"
        )
        return bool(self._ask("groups.setCallbackSettings", wanted))

    def receives(self, url: str) -> bool | None:
        """Return whether our address is a server that VK calls well."""
        servers = self._servers()
        if servers is None:
            return None
        return any(each.get("url") == url and each.get("status") == "ok" for each in servers)

    def _servers(self) -> list[dict[str, Any]] | None:
        """Return the community's servers for call-backs; None when they cannot be known."""
        found = self._ask("groups.getCallbackServers", {})
        if not isinstance(found, dict):
            return None
        return [each for each in listed(found.get("items")) if isinstance(each, dict)]

    def _ask(self, method: str, form: dict[str, str]) -> Any:
        """Call a method; None when it gives no response."""
        answer = ask(self._call(method, {"group_id": str(self.group)} | form, {}))
        return answer.fields.get("response") if isinstance(answer, WireAnswer) else None

    def _call(self, method: str, form: dict[str, str], headers: dict[str, str]) -> Call:
        proof = {"access_token": self.token, "v": VERSION}
        return Call("POST", f"{self.url}/method/{method}", headers, form=form | proof, ca=self.ca)


def random_id(message_id: str) -> int:
    """Return the number by which VK knows a message: the same each time, 31 bits and never 0."""
    digest = hashlib.sha256(message_id.encode()).digest()
    return (int.from_bytes(digest[:4], "big") >> 1) or 1


def _sent(answer: WireAnswer) -> DeliveryReport:
    taken, error = answer.fields.get("response"), answer.fields.get("error")
    if code_of(taken) is not None:
        return DeliveryReport(DeliveryStatus.TAKEN, provider_id=str(taken))
    code = code_of(error.get("error_code")) if isinstance(error, dict) else None
    if code in REFUSED:
        return DeliveryReport(DeliveryStatus.REFUSED, REFUSED[code])
    if code is None or code in FAILING:
        return DeliveryReport(DeliveryStatus.UNKNOWN)
    return DeliveryReport(DeliveryStatus.ABSENT, TOO_MANY if code in BUSY else NOT_TAKEN)


def _allowed(key: str, about: dict[str, Any]) -> ProviderUpdate:
    chat, text = str(about.get("user_id") or ""), str(about.get("key") or "")
    return ProviderUpdate(key, UpdateKind.STARTED, chat=chat, text=text)


def _denied(key: str, about: dict[str, Any]) -> ProviderUpdate:
    return ProviderUpdate(key, UpdateKind.STOPPED, chat=str(about.get("user_id") or ""))


def _wrote(key: str, about: dict[str, Any]) -> ProviderUpdate:
    found = about.get("message")
    return _edited(key, found if isinstance(found, dict) else {})


def _edited(key: str, message: dict[str, Any]) -> ProviderUpdate:
    chat, text = str(message.get("peer_id") or ""), str(message.get("text") or "")
    return ProviderUpdate(key, UpdateKind.SAID, chat=chat, text=_CALLED.sub("", text))


def _pressed(key: str, about: dict[str, Any]) -> ProviderUpdate:
    chat, text = str(about.get("peer_id") or ""), str(about.get("payload") or "")
    return ProviderUpdate(key, UpdateKind.SAID, chat=chat, text=text)


_READERS = {
    "message_allow": _allowed,
    "message_deny": _denied,
    "message_new": _wrote,
    "message_edit": _edited,
    "message_event": _pressed,
}
