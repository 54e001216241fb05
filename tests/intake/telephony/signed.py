"""Events of telephony as its providers sign and send them."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from shared import clock
from tests.intake.api_client import OPERATOR, IntakeClient
from tests.support.api import Answer

NAME = "/ryadom/telephony"
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()
KEY, SALT = "our-key", "our-salt"
PROVIDERS: dict[str, dict[str, Any]] = {
    "pbx": {"kind": "neutral", "region": "ZR", "secret": SECRET, "lines": {"74950000002": "YY"}},
    "mango": {"kind": "mango", "region": "ZR", "key": KEY, "salt": SALT},
}


def connect(client: IntakeClient) -> None:
    """Give a world two telephonies."""
    client.world.environment["TELEPHONY_SECRETS"] = NAME
    client.world.parameters.values[NAME] = json.dumps(PROVIDERS)


def headers(body: str, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    """The headers of a neutral event."""
    # The library that verifies reads the machine's clock, which no test moves.
    sent = str(int(time.time()) - age)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = hmac.new(key, f"msg_1.{sent}.{body}".encode(), hashlib.sha256).digest()
    right = base64.b64encode(signed).decode()
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,AAAA v1,{right}",
    }


def say(client: IntakeClient, kind: str, call: str, **more: Any) -> Answer:
    """A neutral event of telephony."""
    with client.world.service("intake"):
        said = {"type": kind, "call_id": call, "at": clock.iso(clock.now()), **more}
    body = json.dumps(said)
    path = "/telephony/pbx/events"
    answer = client.api(None).call("POST", path, body, headers=headers(body))
    assert answer.status != 500, answer.text
    return answer


def form(said: Any, salt: str = SALT, key: str = KEY) -> str:
    """Mango's form."""
    text = said if isinstance(said, str) else json.dumps(said)
    sign = hashlib.sha256(f"{KEY}{text}{salt}".encode()).hexdigest()
    return urlencode({"vpbx_api_key": key, "sign": sign, "json": text})


def mango(client: IntakeClient, body: str, kind: str = "call") -> Answer:
    """An event as Mango sends it."""
    form_type = {"Content-Type": "application/x-www-form-urlencoded"}
    return client.api(None).call("POST", f"/telephony/mango/events/{kind}", body, headers=form_type)


def call_backs(client: IntakeClient, status: str = "open") -> list[Any]:
    """The call-backs of the region."""
    found: list[Any] = client.get(OPERATOR, "/call-backs", status=status).json["items"]
    return found
