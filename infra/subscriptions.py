"""Writes into a stack's template which events its service hears, read from the service's app.

`SUBSCRIPTIONS` of `services/X/app.py` is the only list of them. `Rule` of `service.yaml` becomes a
rule for each service that publishes some of them: EventBridge takes a pattern of a certain length
only, and an event that stays in its rule is never missed while a stack is updated.
"""

import json
from itertools import groupby
from typing import Any

from infra.reproducible_zip import CannotPackage
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
        pattern = {"source": [f"ryadom.{publisher}"], "detail-type": list(names)}
        if len(json.dumps(pattern)) > LONGEST_PATTERN:
            raise CannotPackage(
                f"{service} reacts to so many events of {publisher} that their rule is longer than "
                f"the {LONGEST_PATTERN} characters which EventBridge takes"
            )
        own = {
            "Name": {"Fn::Sub": f"${{AWS::StackName}}-hears-{publisher}"},
            "EventPattern": pattern,
        }
        properties = rule["Properties"] | own
        resources[f"{publisher.capitalize()}{RULE}"] = rule | {"Properties": properties}
    return template | {"Resources": resources}


def detail_types(service: str) -> list[str]:
    """Return the names of the events that a service reacts to; refuse to build one without any."""
    reactions = app_of(service).SUBSCRIPTIONS.reactions
    found = sorted(event.detail_type() for event in reactions)
    if not found:
        raise CannotPackage(f"services/{service}/app.py reacts to no event: it would have no rule")
    return found
