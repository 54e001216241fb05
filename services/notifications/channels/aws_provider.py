"""How channels speak to AWS's own providers, or to others with the same API.

The client is of its own endpoint, region and keys where the stage says so (Yandex Cloud's Postbox
and Notification Service speak these APIs), and tries once: botocore's retries would make copies. It
bounds each read alone, so an alarm ends an answer that comes a byte now and then.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)
from botocore.parsers import ResponseParserError
from pydantic import Field

from services.notifications.channels.connections import let_go_of_rested
from services.notifications.channels.port import DeliveryReport, DeliveryStatus, OutgoingMessage
from services.notifications.channels.retry_after import seconds_to_wait
from services.notifications.channels.wire import (
    CONNECT_SECONDS,
    NO_TIME,
    NOT_TAKEN,
    READ_SECONDS,
    TOO_MANY,
    UNREACHABLE,
    Provider,
)
from shared import aws, budget
from shared.observability import count

# What says so under another status than 429.
BUSY = ("Throttling", "ThrottlingException", "LimitExceededException")
# "The request has failed" (Common errors of the SNS API), so the message was not taken.
# InternalFailure (500) says so of an "unknown error", which is nothing to rely on.
FAILED = ("ServiceUnavailable", "ServiceUnavailableException")
# SES says so of a sender who is not proven, and of everybody while the account is in its sandbox,
# under the code of a text that it refuses.
UNPROVEN = "is not verified"
# OpenSSL's reason where a server's certificate is not trusted, so that nothing was sent to it.
UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"


class AwsProvider(Provider):
    """A provider with one of AWS's APIs, whose servers are trusted by the usual certificates."""

    ca: Literal[""] = ""
    endpoint: str = ""
    region: str = ""
    access_key: str = Field(default="", repr=False)
    secret_key: str = Field(default="", repr=False)

    def client(self, service: str, message: OutgoingMessage) -> Any:
        """Return the client of an API, for the sending of one message."""
        made = _client(service, self.endpoint, self.region, self.access_key, self.secret_key)
        let_go_of_rested(made, made.close)
        headers = self.headers_of(message)
        # One worker sends one message at a time, so the last registered one is the one sent.
        made.meta.events.unregister("before-sign", unique_id="labels")
        made.meta.events.register_last(
            "before-sign", lambda request, **_: _label(request, headers), unique_id="labels"
        )
        return made


def deliver(call: Callable[[], Mapping[str, Any]], refused: Mapping[str, str]) -> DeliveryReport:
    """Hand a message over; `refused` are the codes that are final."""
    if not budget.allows(CONNECT_SECONDS + READ_SECONDS):
        return DeliveryReport(DeliveryStatus.ABSENT, NO_TIME)
    try:
        with budget.alarm(CONNECT_SECONDS + READ_SECONDS):
            taken = call().get("MessageId")
    except ClientError as error:
        return _refusal(error, refused)
    except (EndpointConnectionError, ConnectTimeoutError):
        return _unreachable()
    except NoCredentialsError:
        count("gateway_rejects_us")
        return DeliveryReport(DeliveryStatus.ABSENT, NOT_TAKEN)
    except (
        budget.OutOfTime, BotoCoreError, ResponseParserError, AttributeError, KeyError, TypeError,
        ValueError, RecursionError,
    ) as error:  # fmt: skip
        if UNTRUSTED in str(error):
            return _unreachable()
        # Also an answer that is not in the API's form: it says nothing of the message.
        count("gateway_silent")
        return DeliveryReport(DeliveryStatus.UNKNOWN)
    # Any 200 is no error to botocore, also the page of a proxy in between.
    if not (taken and isinstance(taken, str)):
        return DeliveryReport(DeliveryStatus.UNKNOWN)
    return DeliveryReport(DeliveryStatus.TAKEN, provider_id=taken)


def _unreachable() -> DeliveryReport:
    count("gateway_unreachable")
    return DeliveryReport(DeliveryStatus.ABSENT, UNREACHABLE)


def _refusal(error: ClientError, refused: Mapping[str, str]) -> DeliveryReport:
    answer = error.response.get("Error", {})
    code = answer.get("Code", "")
    metadata = error.response.get("ResponseMetadata", {})
    http_status = metadata.get("HTTPStatusCode", 0)
    if code in refused and UNPROVEN not in answer.get("Message", ""):
        return DeliveryReport(DeliveryStatus.REFUSED, refused[code])
    said = metadata.get("HTTPHeaders", {}).get("retry-after", "")
    rest = seconds_to_wait({"Retry-After": said}, {})
    asks_to_wait = code in FAILED or rest is not None
    if code in BUSY or http_status == 429 or (http_status == 503 and asks_to_wait):
        return DeliveryReport(DeliveryStatus.ABSENT, TOO_MANY, retry_after=rest)
    if 400 <= http_status < 500:
        count("gateway_rejects_us")
        return DeliveryReport(DeliveryStatus.ABSENT, NOT_TAKEN)
    return DeliveryReport(DeliveryStatus.UNKNOWN)


def _label(request: Any, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        request.headers[name] = value


@cache
def _client(service: str, endpoint: str, region: str, access_key: str, secret_key: str) -> Any:
    return aws.session().create_client(
        service,
        endpoint_url=endpoint or None,
        region_name=region or None,
        aws_access_key_id=access_key or None,
        aws_secret_access_key=secret_key or None,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 1},
        ),
    )
