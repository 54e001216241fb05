"""Writes into a stack's template which events its service hears, read from the service's app.

`SUBSCRIPTIONS` of `services/X/app.py` is the only list of them. `Rule` of `service.yaml` becomes a
rule for each service that publishes some of them, or two when there are many: EventBridge takes a
pattern of a certain length only, and an event that stays in its rule is never missed while a stack
is updated. So which of the two rules an event is in follows from its own name alone.
"""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from infra.packaging.reproducible_zip import CannotPackage
from infra.services import app_of

# The quota of an account that has asked for no other.
LONGEST_PATTERN = 2048
RULE = "Rule"


def subscribed(template: dict[str, Any], service: str) -> dict[str, Any]:
    """Return the template with a rule per publisher in the place of `Rule`, where it has one."""
    resources = dict(template["Resources"])
    if RULE not in resources:
        return template
    rule = resources.pop(RULE)
    for publisher, names in groupby(detail_types(service), lambda name: name.partition(".")[0]):
        for part, pattern in _patterns(service, publisher, list(names)):
            own = {
                "Name": {"Fn::Sub": f"${{AWS::StackName}}-hears-{publisher}{part}"},
                "EventPattern": pattern,
            }
            name = f"{publisher}{part}".title().replace("-", "")
            resources[f"{name}{RULE}"] = rule | {"Properties": rule["Properties"] | own}
    return template | {"Resources": resources}


def _patterns(service: str, publisher: str, names: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield the patterns of a publisher's events, each with what distinguishes its rule."""
    parts = {"": names}
    if _too_long(_pattern(publisher, names)):
        early = [name for name in names if name.partition(".")[2] < "N"]
        parts = {"-a-m": early, "-n-z": [name for name in names if name not in early]}
    for part, found in parts.items():
        pattern = _pattern(publisher, found)
        if _too_long(pattern):
            raise CannotPackage(
                f"{service} reacts to so many events of {publisher} that their rule is longer than "
                f"the {LONGEST_PATTERN} characters which EventBridge takes"
            )
        yield part, pattern


def _pattern(publisher: str, names: list[str]) -> dict[str, list[str]]:
    return {"source": [f"ryadom.{publisher}"], "detail-type": names}


def _too_long(pattern: dict[str, list[str]]) -> bool:
    return len(json.dumps(pattern)) > LONGEST_PATTERN


def detail_types(service: str) -> list[str]:
    """Return the names of the events that a service reacts to; refuse to build one without any."""
    reactions = app_of(service).SUBSCRIPTIONS.reactions
    found = sorted(event.detail_type() for event in reactions)
    if not found:
        raise CannotPackage(f"services/{service}/app.py reacts to no event: it would have no rule")
    return found
