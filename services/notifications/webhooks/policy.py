"""Who may let us know something: a provider of the stage's configuration, by its own proof.

Whatever is wrong (no such provider, no or a wrong secret, an address that we have not signed, what
cannot be read or is too long) is answered 401 alike before anything of the body is believed, and
nothing is stored.
"""

from dataclasses import dataclass

from services.notifications.channels.port import Channel
from services.notifications.channels.registry import configured
from shared.api.inputs import Request
from shared.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class ProvenProvider:
    """A provider that has proved who it is."""

    name: str
    channel: Channel


def prove(request: Request) -> ProvenProvider:
    """Return the provider that sends a request; raises Unauthenticated."""
    named = request.path_value("provider")
    found = configured().get(named)
    if found is None:
        raise Unauthenticated
    found.verify(request)
    return ProvenProvider(named, found)
