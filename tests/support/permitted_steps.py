"""No answer offers a step that no policy ever permits to the role of its caller.

A step that no policy names is not looked at: what only a blanket permit covers.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from services.cards.cards import policy as cards
from services.cards.partners import policy as partners
from services.intake.call_backs import policy as call_backs
from services.intake.cases import policy as cases
from services.intake.families import policy as families
from services.intake.requests import policy as requests
from shared.message_catalogue import ROOT
from shared.principal import Principal

# Steps that have another name where it is decided who may take them.
NAMES = {
    "cards": {**cards.ACTIONS, **partners.ACTIONS},
    "intake": {
        **requests.ACTIONS,
        **cases.ACTIONS,
        **families.ACTIONS,
        **call_backs.ACTIONS,
        "register_again": "submit_request",
    },
}
# Who comes by a link has no account: its proof is in the body or in the path.
BY_LINK = frozenset({"public", "family", "foster_parent", "guardian_rep", "volunteer"})


def strange(service: str, caller: Principal | None, steps: Iterable[str]) -> set[str]:
    """The steps that the role of a caller can take in no state of anything."""
    roles, names = _roles(service), NAMES.get(service, {})
    mine = BY_LINK if caller is None else {caller.role}
    permitted = {step: roles.get(names.get(step, step)) for step in steps}
    return {step for step, who in permitted.items() if who and not who & mine}


@cache
def _roles(service: str) -> Mapping[str, frozenset[str]]:
    """The roles that a policy names beside each action; none where it names no role.

    Whoever may do all to one kind of thing is taken for who may do all.
    """
    path = ROOT / "services" / service / "policy.cedar"
    found: dict[str, frozenset[str]] = {}
    text = re.sub(r"//.*", "", path.read_text("utf-8")) if path.is_file() else ""
    permits = [
        (frozenset(re.findall(r'Role::"(\w+)"', one)), re.findall(r'Action::"(\w+)"', one))
        for one in text.split("permit")[1:]
    ]
    may_all = frozenset(role for named, actions in permits if not actions for role in named)
    for named, actions in permits:
        for action in actions:
            known = found.get(action, named | may_all)
            found[action] = known | named if known and named else frozenset()
    return found
