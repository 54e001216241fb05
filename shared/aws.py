"""Clients of this container: one session, made on first use.

botocore repeats what may be repeated (throttling, 5xx, lost answers), and no other code repeats
around it; no try begins that could outlast the invocation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, IncompleteReadError

from shared import budget
from shared.errors import Unavailable

ATTEMPTS = 3
# botocore waits up to a second before the second try and up to two before the third. Where a
# service asks for more (`x-amz-retry-after`: five seconds), `budget.alarm` ends the wait of an API.
PAUSE_SECONDS = 2.0
CONNECT_SECONDS = 1.0
READ_SECONDS = 3.0
# Another function may start cold, and files are large.
LONGER_READ_SECONDS = {"lambda": 12.0, "s3": 5.0}
# Refusals (4xx) that say "later"; credentials that ended are ours again with the next ones.
_PASSING = {
    "ExpiredTokenException", "LimitExceededException", "ProvisionedThroughputExceededException",
    "RequestLimitExceeded", "ThrottlingException", "TooManyRequestsException",
    "TransactionInProgressException",
}  # fmt: skip
# Links to encrypted files need this signature, and the host of the bucket's own region.
_LINKS: dict[str, Any] = {"signature_version": "s3v4", "s3": {"addressing_style": "virtual"}}


@cache
def session() -> Any:
    """Return the container's one session."""
    from botocore.session import get_session

    return get_session()


class NoTimeLeft(BotoCoreError):  # type: ignore[misc]
    """A call was not begun, because the invocation could have ended before its answer."""

    fmt = "Not enough time is left for another call"


def config(service: str) -> Any:
    """How we speak to an AWS service."""
    from botocore.config import Config

    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=_read_seconds(service),
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        tcp_keepalive=True,
        parameter_validation=False,
        # Said once: botocore would put its own words together anew for each call.
        user_agent=f"{session().user_agent()} ryadom",
        **(_LINKS if service == "s3" else {}),
    )


@cache
def client(service: str) -> Any:
    """Return the container's one client of an AWS service."""
    made = session().create_client(service, config=config(service))
    in_time(made, service)
    made.meta.events.register("before-parse", _check_whole)
    return made


def in_time(made: Any, service: str) -> None:
    """Let a client refuse a try, the first or a repeated one, that may take longer than is left."""
    longest = longest_try(service)

    def before_send(**_: Any) -> None:
        if not budget.allows(longest):
            raise NoTimeLeft

    made.meta.events.register("before-send", before_send)


@contextmanager
def or_unavailable(code: str) -> Iterator[None]:
    """Let what a service of AWS does not answer, or refuses, be Unavailable."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(code) from error


def may_pass(error: ClientError) -> bool:
    """Whether an error passes by itself, once a service that was busy or in trouble is well."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error.response["Error"]["Code"] in _PASSING


def _check_whole(response_dict: dict[str, Any], operation_model: Any, **_: Any) -> None:
    """Refuse an answer whose connection ended in the middle of it.

    botocore parses what has come: of a table without checksums a row would look absent.
    """
    body, said = response_dict["body"], response_dict["headers"].get("content-length", 0)
    # What is streamed is counted as it is read, and a HEAD promises what does not come. A failure
    # is repeated by its status alone.
    counted = isinstance(body, bytes) and operation_model.http["method"] != "HEAD"
    if counted and response_dict["status_code"] < 500 and len(body) < int(said):
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=int(said))


def longest_try(service: str) -> float:
    """Return how long one try of a call can take, with the pause before it."""
    return CONNECT_SECONDS + _read_seconds(service) + PAUSE_SECONDS


def _read_seconds(service: str) -> float:
    return LONGER_READ_SECONDS.get(service, READ_SECONDS)
