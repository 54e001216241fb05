"""How an event is handed to an integrator's system: one POST, no redirects, nothing private.

Guarantees
* Only https leaves, only to the ports of https, and only to a public address: what the name leads
  to is looked at on the open connection, before a byte is sent, so that a name which changes its
  mind cannot lead inside. An address of IPv6 that carries one of IPv4 is as public as that one.
* A call ends in time, however slowly the other side speaks; one that was silent five times in a row
  is left alone for half a minute.
* Neither the address nor what it answers is ever logged: both may hold what is the integrator's.

On the local stage a receiver may be anywhere (`PRIVATE_WEBHOOKS`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Self

import urllib3
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import parse_url

from services.notifications import settings
from services.notifications.channels import breaker
from services.notifications.channels.connections import POOLS, WatchedHttps, ends_after
from shared import budget
from shared.errors import Unavailable

CONNECT_SECONDS, READ_SECONDS = 2.0, 3.0
PORTS = (None, 443, 8443)
# NAT64 (RFC 6052): the last 32 bits are the address of IPv4 that is reached.
_NAT64 = ip_network("64:ff9b::/96")
# All of IPv6 that is given out to anyone (IANA): what else there is may lead to one of IPv4 inside.
_GIVEN_OUT = (ip_network("0.0.0.0/0"), ip_network("2000::/3"))
# One part of a name; "пример" is one, too.
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_INSIDE = (".local", ".localhost", ".internal", ".lan", ".home.arpa")


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What a receiver answered; `http_status` is None when nothing came, or it was let rest."""

    http_status: int | None = None
    resting: bool = False

    @property
    def taken(self) -> bool:
        """Whether it has the event."""
        return self.http_status is not None and 200 <= self.http_status < 300

    @property
    def gone(self) -> bool:
        """Whether it wants no events any more."""
        return self.http_status == 410


class HookSender:
    """The way out to integrators."""

    @classmethod
    def connect(cls) -> Self:
        """Return the way out of this container."""
        return cls()

    def post(self, name: str, url: str, body: bytes, headers: Mapping[str, str]) -> HookAnswer:
        """Hand over a body unless the receiver of that name is let rest; raises Unavailable."""
        answer = breaker.attempt(
            f"{breaker.WEBHOOK}{name}",
            lambda: self.post_now(url, body, headers),
            lambda answer: answer.http_status is None,
        )
        return HookAnswer(resting=True) if answer is None else answer

    def post_now(self, url: str, body: bytes, headers: Mapping[str, str]) -> HookAnswer:
        """Hand over a body; raises Unavailable when too little time is left to do so."""
        if not budget.allows(CONNECT_SECONDS + READ_SECONDS):
            raise Unavailable
        pool = _pool(bool(settings.private_webhooks()))
        try:
            with ends_after(CONNECT_SECONDS + READ_SECONDS):
                answer = pool.request(
                    "POST", url, body=body, headers=headers, redirect=False, preload_content=False
                )
        except (HTTPError, ValueError):
            # A name that no address can be made of is a ValueError there.
            return HookAnswer()
        answer.close()
        return HookAnswer(answer.status)


def refused_host(url: str) -> str | None:
    """Return why an address may not be registered; None when it may."""
    try:
        parts = parse_url(url)
    except LocationParseError:
        return "url_not_https"
    private = bool(settings.private_webhooks())
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        return "url_not_https"
    # A backslash is a slash to some readers of addresses, so that they see another host.
    if not parts.host or parts.auth or parts.fragment or "\\" in url:
        return "url_not_https"
    if private:
        return None
    if parts.port not in PORTS:
        return "url_port"
    return None if _may_be_public(parts.host) else "url_not_public"


def _may_be_public(host: str) -> bool:
    """Return whether a host is a public address, or a name that could lead to one."""
    bare = host.strip("[]").rstrip(".").lower()
    try:
        return _is_public(bare)
    except ValueError:
        # A last label of digits is an address in another spelling.
        last = bare.rpartition(".")[2]
        inside = last[:1].isdigit() or bare.endswith(_INSIDE)
        return (
            all(_LABEL.fullmatch(each) for each in bare.split(".")) and "." in bare and not inside
        )


def _is_public(address: str) -> bool:
    """Return whether an address is one of the public network."""
    found = ip_address(address.partition("%")[0])
    carried = _carried(found) if isinstance(found, IPv6Address) else ()
    return all(
        each.is_global and not each.is_multicast and any(each in given for given in _GIVEN_OUT)
        for each in (carried or (found,))
    )


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Return the addresses of IPv4 that one of IPv6 leads to: mapped, 6to4, Teredo or NAT64."""
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    one = address.ipv4_mapped or address.sixtofour
    return (one,) if one else address.teredo or ()


class _NotPublic(HTTPError):
    """A name leads to an address that is not public."""


class _PublicConnection(WatchedHttps):
    """A connection to a public address only."""

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        if not _is_public(connection.getpeername()[0]):
            connection.close()
            raise _NotPublic
        return connection


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


@cache
def _pool(private: bool) -> urllib3.PoolManager:
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    made = urllib3.PoolManager(retries=False, timeout=timeout)
    made.pool_classes_by_scheme = POOLS if private else {"https": _PublicPool}
    return made
