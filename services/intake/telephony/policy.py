"""Who may say something about calls: an operator, a provider of the stage by its signature.

Guarantees
* Whatever is wrong (no such provider, no or a false signature, a message that is too old or too
  long) is answered 401 before anything of the body is read, and nothing is stored.
* The signature of a neutral event covers its id and time (Standard Webhooks): one that is older
  than 5 minutes is refused. Mango's covers key and body: a repeat of it changes nothing while the
  call is known, and nothing is heard of a call that would be known no more.
"""

import hashlib
import hmac
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import parse_qs

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from services.intake import settings
from services.intake.call_backs.values import PHONE_KEPT
from services.intake.telephony.commands import (
    MangoCall,
    MangoSummary,
    NeutralEvent,
    NeutralKind,
    line_of,
)
from services.intake.telephony.domain import PhoneCall
from services.intake.telephony.values import CallFact, ProviderName
from shared import clock, parameters
from shared.api.inputs import Request
from shared.domain import RegionCode
from shared.errors import Invalid, Unauthenticated
from shared.identity.policy import Resource

PHONE_CALL = "PhoneCall"
MOSCOW = timedelta(hours=3)
_SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Telephony(
    BaseModel, ABC, frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
):
    """A provider of the stage; `lines` are numbers of other regions than its own."""

    region: RegionCode
    lines: Mapping[str, RegionCode] = {}

    def region_of(self, line: str) -> str:
        """Return the region whose number was called."""
        found = {line_of(each): region for each, region in self.lines.items()}
        return found.get(line_of(line), self.region)

    def fact(self, request: Request) -> CallFact | None:
        """Return what an event says; None for a kind that says nothing new of a call."""
        try:
            return self._read(request)
        except ValidationError:
            raise Invalid("telephony_event_unreadable") from None

    @abstractmethod
    def verify(self, request: Request) -> None:
        """Refuse what this provider has not signed."""

    @abstractmethod
    def _read(self, request: Request) -> CallFact | None: ...


def _usable(secret: str) -> str:
    """Refuse a secret by which nothing could be verified: one that is no base64."""
    Webhook(secret)
    return secret


class Neutral(Telephony, frozen=True):
    """A telephony that signs neutral events as Standard Webhooks say."""

    kind: Literal["neutral"]
    secret: Annotated[
        str,
        Field(pattern=r"^whsec_[A-Za-z0-9+/]{32,86}={0,2}$", repr=False),
        AfterValidator(_usable),
    ]

    def verify(self, request: Request) -> None:
        """Refuse what this telephony has not signed in the last five minutes."""
        headers = {name: request.header(name) or "" for name in _SIGNED}
        try:
            Webhook(self.secret).verify(request.raw_body, headers, json_parse=False)
        except (WebhookVerificationError, ValueError):
            # A signature that is no base64, or a body that is no UTF-8, is a ValueError there.
            raise Unauthenticated from None

    def _read(self, request: Request) -> CallFact | None:
        body = request.raw_body
        if not NeutralKind.model_validate_json(body).known:
            return None
        return NeutralEvent.model_validate_json(body).fact()


class Mango(Telephony, frozen=True):
    """Mango Office: a form with the fields `vpbx_api_key`, `json` and `sign`."""

    kind: Literal["mango"]
    key: str = Field(min_length=1, repr=False)
    salt: str = Field(min_length=1, repr=False)

    def verify(self, request: Request) -> None:
        """Refuse what is not signed with this key and salt."""
        form = _form(request)
        right = hashlib.sha256(f"{self.key}{form['json']}{self.salt}".encode()).hexdigest()
        same_key = hmac.compare_digest(self.key.encode(), form["vpbx_api_key"].encode())
        same_sign = hmac.compare_digest(right.encode(), form["sign"].lower().encode())
        if not (same_key and same_sign):
            raise Unauthenticated

    def _read(self, request: Request) -> CallFact | None:
        text = _form(request)["json"]
        said = _ANY.validate_json(text)
        if "call_state" in said:
            return _on_our_clock(MangoCall.model_validate_json(text).fact())
        if "entry_result" in said:
            return _on_our_clock(MangoSummary.model_validate_json(text).fact())
        return None


_ANY: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])
CONFIGURATION: TypeAdapter[dict[str, Neutral | Mango]] = TypeAdapter(
    dict[ProviderName, Annotated[Neutral | Mango, Field(discriminator="kind")]],
    config=ConfigDict(hide_input_in_errors=True),
)


def resource(call: PhoneCall) -> Resource:
    """Return a call as a resource of the policy."""
    return Resource(type=PHONE_CALL, id=call.call_id, region=call.region)


def prove(request: Request) -> Telephony:
    """Return who sends an event, when its signature is right; raises Unauthenticated."""
    source = settings.telephony_secrets()
    configured = parameters.secret(source, CONFIGURATION) if source else {}
    provider = configured.get(request.path_value("provider"))
    if provider is None:
        raise Unauthenticated
    provider.verify(request)
    return provider


def _on_our_clock(fact: CallFact | None) -> CallFact | None:
    """Return a fact of Mango's with its moment in UTC; None for one that may be sent for ever.

    Mango's pages call these Unix seconds «UTC+3», and people who take them use them as they are.
    Seconds of Moscow's time would be three hours ahead of our clock, where no call has been yet.
    """
    if fact is None or clock.now() - fact.at > PHONE_KEPT:
        return None
    if fact.at - clock.now() < MOSCOW / 2:
        return fact
    return fact.model_copy(update={"at": fact.at - MOSCOW})


def _form(request: Request) -> dict[str, str]:
    """Return the three fields of Mango's form; what is missing or repeated is no field."""
    try:
        fields = parse_qs(request.raw_body.decode(), max_num_fields=10)
    except ValueError:
        raise Unauthenticated from None
    names = ("vpbx_api_key", "json", "sign")
    return {name: fields[name][0] if len(fields.get(name, ())) == 1 else "" for name in names}
