"""Signing in by a code that goes to the contact which a service keeps of a person.

Guarantees
* A stranger learns nothing: for an unknown contact a sign-in is made, counted, audited and
  announced all the same, with as many writes; only no code of it fits, and none is sent.
* A code of 6 digits is the keyed HMAC of its sign-in: it is in no row, no event and no log. It is
  good for 10 minutes, once, and five wrong ones end it; each counts before it is answered.
* 3 sign-ins an hour and 10 a day per contact, 20 an hour per network address. A day is 24 hours
  from its first code: the day of a person's region would tell a known contact from others. A stage
  sends so many codes an hour and no more: then the breaker answers everyone alike until the hour is
  over.

Business time ends a code, as it ends the message that carries it.
"""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, Self

from shared import clock, ids, keyring, observability, settings
from shared.domain import Aggregate
from shared.errors import IllegalStep, Invalid, RateLimited, Unavailable
from shared.storage.command_context import CommandContext
from shared.storage.repository import Repository
from shared.storage.rows import Row
from shared.storage.store import Store

PREFIX = "sgn"
DIGITS = 6
LIFETIME = timedelta(minutes=10)
TRIES = 5
HOUR, DAY = 3600, 86400
AN_HOUR_PER_CONTACT, A_DAY_PER_CONTACT, AN_HOUR_PER_ADDRESS = 3, 10, 20
_KEPT = timedelta(days=1)
_SENT, _MISSED = "sign-in-codes#sent", "sign-in-codes#missed"

# What a code is good for, a change of contact with one to the old and one to the new.
SIGN_IN, BINDING, OLD_CONTACT, NEW_CONTACT = "sign_in", "binding", "old_contact", "new_contact"
_ASK_AGAIN = {
    SIGN_IN: "request_code",
    BINDING: "request_binding",
    OLD_CONTACT: "start_contact_change",
    NEW_CONTACT: "start_contact_change",
}

SignInChannel = Literal["sms", "bot"]
Choose = Callable[["SignIn"], str]


class SignIn(Aggregate):
    """One code for one contact; `person` is None when the contact is unknown.

    `contact` is the keyed index of the contact; `use` is what the code is good for; `bot` and
    `chat` (its keyed index) are what is to be bound to the person; `about` is the id of what else
    it is for. One that is `withheld` met the breaker: its code is not sent.
    """

    id: str
    contact: str
    channel: SignInChannel
    use: str
    person: str | None = None
    region: str
    bot: str | None = None
    chat: str | None = None
    about: str | None = None
    created_at: datetime
    expires_at: datetime
    wrong: int = 0
    used_at: datetime | None = None
    withheld: bool = False

    @property
    def sends(self) -> bool:
        """Whether its code is to leave."""
        return self.person is not None and not self.withheld

    def require_open(self, at: datetime, use: str) -> None:
        """Refuse a code where none can be right any more, for a stranger's contact too."""
        if self.wrong >= TRIES:
            raise IllegalStep("sign_in_locked", (_ASK_AGAIN[use],))
        if self.used_at is not None or at >= self.expires_at or use != self.use:
            raise over(use)

    def fits(self, code: str) -> bool:
        """Return whether this is the code; no code is that of an unknown contact."""
        return hmac.compare_digest(code_of(self.id), code) and self.person is not None

    def count_wrong_code(self) -> Self:
        """Count one of the five tries."""
        return self._with(wrong=self.wrong + 1)

    def spend(self, at: datetime, person: str) -> Self:
        """Use the code for a person; it is good once."""
        return self._with(used_at=at, person=person)


class SignIns(Repository[SignIn]):
    """SIGN_IN#<id>: a code that was asked for; gone after a day."""

    model = SignIn
    prefix = "SIGN_IN"

    def row(self, aggregate: SignIn) -> Row:
        """Return the row of a sign-in."""
        return self._row(aggregate, expires_at=clock.wall() + _KEPT)

    def start(
        self,
        context: CommandContext,
        *,
        contact: str,
        channel: SignInChannel,
        address: str,
        person: str | None,
        region: str,
        use: str,
        bot: str | None = None,
        chat: str | None = None,
        about: str | None = None,
    ) -> SignIn:
        """Return a new sign-in, counted; raises RateLimited, or Unavailable behind the breaker.

        `address` is what asks: a network address, or a bot's chat.
        """
        self.store.require_first(context)
        require_closed_breaker(self.store)
        count_request(self.store, contact, address)
        now = clock.now()
        return SignIn(
            id=ids.new(PREFIX),
            contact=contact,
            channel=channel,
            use=use,
            person=person,
            region=region,
            bot=bot,
            chat=chat,
            about=about,
            created_at=now,
            expires_at=now + LIFETIME,
            withheld=not count_code(self.store, known=person is not None),
        )

    def enter(
        self,
        identifier: str,
        code: str,
        use: str,
        context: CommandContext,
        pointer: str = "/code",
        choose: Choose | None = None,
    ) -> SignIn:
        """Return the sign-in that this code proves, spent; count a wrong code and refuse it.

        `choose` returns the person among several who share the contact, or raises.
        """
        sign_in = self.get(identifier)
        sign_in.require_open(clock.now(), use)
        if sign_in.fits(code):
            person = choose(sign_in) if choose else sign_in.person or ""
            return sign_in.spend(clock.now(), person)
        self.count_wrong(sign_in, context)
        raise Invalid("sign_in_code_wrong", pointer)

    def count_wrong(self, sign_in: SignIn, context: CommandContext) -> None:
        """Count one of the five tries, beside the command that is refused by it.

        The refusal is the answer to the call: its Idempotency-Key must not remember a success.
        """
        wrong = CommandContext(context.actor, "enter_wrong_code", context.correlation_id)
        self.save(wrong, sign_in.count_wrong_code())


def over(use: str) -> IllegalStep:
    """Return the refusal of a code that is good no more, with the step that asks for another."""
    return IllegalStep("sign_in_over", (_ASK_AGAIN[use],))


def code_of(identifier: str) -> str:
    """Return the code of a sign-in, which its owner alone can compute."""
    digest = keyring.from_env().sign("sign-in-code", identifier.encode())
    return f"{int.from_bytes(digest[:16], 'big') % 10**DIGITS:0{DIGITS}d}"


def count_request(store: Store, contact: str, address: str) -> None:
    """Count one more code for a contact and from an address; raises RateLimited."""
    index = keyring.from_env().sign("sign-in-address", address.encode())[:16].hex()
    limits = (
        (f"sign-in-address#{index}", AN_HOUR_PER_ADDRESS),
        (f"sign-in-contact#{contact}", AN_HOUR_PER_CONTACT),
    )
    for name, limit in limits:
        if not store.count(name, limit, HOUR):
            raise _limited(_rest_of(HOUR))
    if rest := store.count_from_first(f"sign-in-contact-day#{contact}", A_DAY_PER_CONTACT, DAY):
        raise _limited(rest)


def _limited(rest: int) -> RateLimited:
    observability.count("sign_in_limited")
    return RateLimited("too_many_sign_ins", rest)


def require_closed_breaker(store: Store) -> None:
    """Refuse everyone alike once the stage has sent its codes of the hour."""
    if store.counted(_SENT, HOUR) >= _codes_an_hour():
        observability.count("sign_in_breaker_open")
        raise Unavailable("sign_in_paused", _rest_of(HOUR))


def count_code(store: Store, *, known: bool) -> bool:
    """Count a code that leaves, or one that does not; False when it must not leave."""
    return store.count(_SENT if known else _MISSED, _codes_an_hour(), HOUR)


def _codes_an_hour() -> int:
    return int(settings.sign_in_codes_an_hour())


def _rest_of(seconds: int) -> int:
    return seconds - int(clock.wall().timestamp()) % seconds
