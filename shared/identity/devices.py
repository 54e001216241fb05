"""Where a person without an account is signed in: a row per device, and the tokens that it holds.

Guarantees
* A refresh token is signed under the service's own key and names its device and generation: it is
  in no row. Each renewal begins the next generation, and the token before is void.
* A void one that is shown again was copied: the device is revoked. A call that is
  repeated under its `Idempotency-Key` is no second showing; it gets what the first got.
* A device that is not used for 30 days, or is revoked, gives no token any more; access tokens that
  it has already given end at once in this service, elsewhere within their 15 minutes.
* A bot's device is one chat, bound to one person at a time. It holds no refresh token: the bot
  proves itself by its own, so that with a revoked bot all its chats are out.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self

from itsdangerous import BadData, URLSafeSerializer

from shared import aws, clock, ids, keyring, settings
from shared.domain import Aggregate
from shared.errors import Unauthenticated
from shared.identity import kms_signatures, people_tokens
from shared.identity.signed_links import HMAC_SHA256
from shared.principal import Principal
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

LIFETIME = timedelta(days=30)
_KEY = "refresh-token"


class Device(Aggregate):
    """A phone, a computer or a bot's chat in which a person is signed in.

    `chat` is the keyed index of a chat; `generation` counts renewals. Its times are the wall's.
    """

    id: str
    person: str
    role: str
    kind: str
    bot: str | None = None
    chat: str | None = None
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    generation: int = 1
    revoked_at: datetime | None = None
    reason: str | None = None

    @classmethod
    def signed_in(cls, at: datetime, **facts: Any) -> Self:
        """Return a device that has just been signed in."""
        ends = at + LIFETIME
        return cls(id=ids.new("dev"), created_at=at, used_at=at, expires_at=ends, **facts)

    def as_of(self, at: datetime) -> Self:
        """Return it as if the person had been signed in at that moment."""
        return self._with(created_at=at)

    def live(self, at: datetime) -> bool:
        """Return whether it still gives tokens."""
        return self.revoked_at is None and at < self.expires_at

    def renew(self, at: datetime) -> Self:
        """Begin the next generation: the refresh token before is void."""
        return self._with(generation=self.generation + 1, used_at=at, expires_at=at + LIFETIME)

    def revoke(self, reason: str, at: datetime) -> Self:
        """Sign the person out of it, for good."""
        return self if self.revoked_at else self._with(revoked_at=at, reason=reason)


class Devices(Repository[Device]):
    """DEVICE#<device id>: a device, listed by its person; gone a month after its end."""

    model = Device
    prefix = "DEVICE"

    def row(self, aggregate: Device) -> Row:
        """Return a device's row."""
        return self._row(
            aggregate,
            lists=_lists(aggregate),
            expires_at=aggregate.expires_at + LIFETIME,
        )

    def list_of(self, person: str) -> list[Device]:
        """Return the devices in which a person is signed in, the latest first."""
        found = self.list_all("by_owner", _person_key(person), newest_first=True)
        return [device for device in found if device.live(clock.wall())]

    def list_of_chat(self, chat: str) -> list[Device]:
        """Return the live devices of a bot's chat: one, or none."""
        found = self.list_all("by_ref", _chat_key(chat))
        return [device for device in found if device.live(clock.wall())]

    def find_bound(self, person: str, bot: str) -> Device | None:
        """Return a live chat by which a bot speaks for a person."""
        return next((each for each in self.list_of(person) if each.bot == bot), None)

    def renew(
        self, refresh_token: str, context: CommandContext, is_signed_in: Callable[[Device], bool]
    ) -> Receipt:
        """Renew a device by its refresh token; the receipt's number is the new generation.

        Raises Unauthenticated for a token that is none, or void; a void one revokes its device.
        """
        device, generation = self._shown(refresh_token)
        now = clock.wall()
        if generation != device.generation:
            self.store.require_first(context)
            copied = CommandContext(context.actor, "reuse_refresh_token", context.correlation_id)
            self.save(copied, device.revoke("token_reused", now))
            raise _refused()
        context.actor = holder_of(device)
        return self.save_renewed(device, context, is_signed_in)

    def save_renewed(
        self, device: Device, context: CommandContext, is_signed_in: Callable[[Device], bool]
    ) -> Receipt:
        """Begin the next generation of a live device; the receipt's number is that.

        `is_signed_in` says whether its person did not sign out everywhere.
        """
        now = clock.wall()
        if not (device.live(now) and is_signed_in(device)):
            raise _refused()
        renewed = device.renew(now)
        return self.save(context, renewed, number=str(renewed.generation))

    def require_signed_in(self, caller: Principal, is_signed_in: Callable[[Device], bool]) -> None:
        """Refuse a device that is signed out, though its access token lives for some minutes yet.

        Callers that come by no device are let through.
        """
        device_id = people_tokens.device_of(caller)
        if device_id is None:
            return
        device = self.find(device_id)
        if device is None or not (device.live(clock.wall()) and is_signed_in(device)):
            raise _refused()

    def _shown(self, refresh_token: str) -> tuple[Device, int]:
        try:
            identifier, generation = _refresh_tokens().loads(refresh_token)
        except BadData:
            raise _refused() from None
        device = self.find(identifier)
        if device is None:
            raise _refused()
        return device, generation


def refresh_token_of(device: Device) -> str:
    """Return the refresh token of a device's present generation."""
    return str(_refresh_tokens().dumps([device.id, device.generation]))


def access_token_of(device: Device) -> str:
    """Return a fresh access token of a device, for the service that this container runs."""
    now = int(clock.wall().timestamp())
    claims = {
        "iss": kms_signatures.ISSUER,
        "aud": settings.service.required(),
        "sub": device.person,
        "sid": device.id,
        "role": device.role,
        "iat": now,
        "exp": now + int(people_tokens.LIFETIME.total_seconds()),
    }
    if device.bot is not None:
        claims["act"] = {"sub": device.bot}
    key = settings.people_key_arn()
    with aws.or_unavailable("keys_unavailable"):
        return kms_signatures.encode(aws.client("kms"), key, people_tokens.TYPE, claims)


def holder_of(device: Device) -> Principal:
    """Return the person of a device, as the one who acts by it."""
    audience = settings.service()
    return people_tokens.holder(device.person, device.role, device.bot, device.id, audience)


def chat_index(bot: str, chat: str) -> str:
    """Return the keyed index of a bot's chat."""
    return keyring.from_env().sign("chat", f"{len(bot)}:{bot}{chat}".encode())[:16].hex()


def _lists(device: Device) -> dict[Index, tuple[str, str]]:
    lists: dict[Index, tuple[str, str]] = {"by_owner": (_person_key(device.person), device.id)}
    if device.chat is not None:
        lists["by_ref"] = (_chat_key(device.chat), device.id)
    return lists


def _person_key(person: str) -> str:
    return f"DEVICES#{person}"


def _chat_key(chat: str) -> str:
    return f"CHAT#{chat}"


def _refresh_tokens() -> URLSafeSerializer:
    return URLSafeSerializer(keyring.from_env().child(_KEY), signer_kwargs=HMAC_SHA256)


def _refused() -> Unauthenticated:
    return Unauthenticated("sign_in_again")
