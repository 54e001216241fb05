"""Writes into a stack's template which events its service hears, read from the service's app.

`SUBSCRIPTIONS` of `services/X/app.py` is the only list of them. The rule of the bus says
`[written-from-reactions]` where the names of the events belong.
"""

from typing import Any

from infra.reproducible_zip import CannotPackage
from infra.services import app_of

PLACEHOLDER = ["written-from-reactions"]


def subscribed(template: Any, service: str) -> Any:
    """Return the template with the service's events in the place of each placeholder."""
    if template == PLACEHOLDER:
        return detail_types(service)
    if isinstance(template, dict):
        return {key: subscribed(value, service) for key, value in template.items()}
    return template


def detail_types(service: str) -> list[str]:
    """Return the names of the events that a service reacts to; refuse to build one without any."""
    reactions = app_of(service).SUBSCRIPTIONS.reactions
    found = sorted(event.detail_type() for event in reactions)
    if not found:
        raise CannotPackage(
            f"services/{service}/app.py reacts to no event: its rule would be empty"
        )
    return found
