"""Who may let us know something: a provider of the stage's configuration, by its own proof.

Whatever is wrong (no such provider, no or a wrong secret, an address that we have not signed, what
cannot be read or is too long) is answered 401 alike before anything of the body is believed, and
nothing is stored.
"""

from dataclasses import dataclass

from services.notifications.channels.port import Channel
from services.notifications.channels.registry import configured
from shared.api.inputs import Request
from shared.api.problems import TooLarge
from shared.errors import Invalid, Unauthenticated


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
    try:
        found.verify(request)
    except (Invalid, TooLarge):
        # A stranger who is refused otherwise would know that there is such a provider.
        raise Unauthenticated from None
    return ProvenProvider(named, found)
