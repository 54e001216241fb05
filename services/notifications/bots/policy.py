"""Bots as `policy.cedar` sees them."""

from shared.identity.policy import Resource


def resource(name: str) -> Resource:
    """Return a bot as a resource."""
    return Resource("Bot", name)
