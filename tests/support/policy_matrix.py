"""Golden matrices: what every role may do, as a text that a person can read and a diff can show."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from shared.identity.policy import Policy, Resource
from shared.principal import Principal

Situations = Mapping[str, tuple[Principal, Resource]]


def render(policy: Policy, actions: Sequence[str], situations: Situations) -> str:
    """One line per action, one column per situation: `+` allowed, `.` hidden, `x` refused.

    A situation is a named pair of a caller and a thing ("regional_hq, own region"); `.` means that
    the caller learns nothing (404), `x` that the thing is visible but this is not theirs (403).
    """
    names = list(situations)
    width = max(map(len, actions), default=0)
    legend = [f"{place + 1:>3} {name}" for place, name in enumerate(names)]
    head = " " * width + "".join(f"{place + 1:>4}" for place in range(len(names)))
    lines = [_line(policy, action.ljust(width), situations) for action in actions]
    return "\n".join([*legend, "", head, *lines, ""])


def _line(policy: Policy, action: str, situations: Situations) -> str:
    return action + "".join(
        f"{_mark(policy, caller, action.strip(), thing):>4}"
        for caller, thing in situations.values()
    )


def _mark(policy: Policy, caller: Principal, action: str, thing: Resource) -> str:
    if policy.allows(caller, action, thing):
        return "+"
    return "x" if policy.allows(caller, "view", thing) else "."


def matches_golden(text: str, golden: Path) -> None:
    """Compare with the committed text; with UPDATE_GOLDEN=1 write it instead."""
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert golden.exists(), f"{golden.name} is missing: run once with UPDATE_GOLDEN=1"
    assert text == golden.read_text(encoding="utf-8"), (
        f"who may do what has changed; if that is meant, run with UPDATE_GOLDEN=1 and review "
        f"the diff of {golden.name}"
    )


def faults(
    policy: Policy, types: Mapping[str, Mapping[str, object]], actions: Sequence[str]
) -> str:
    """What Cedar's own validator finds wrong; empty for a sound policy.

    `types` are the resource types with an example of their `more` attributes. It catches what no
    example reaches: a mistyped attribute, role-less comparison, or an action nobody calls.
    """
    import cedarpy

    result = cedarpy.validate_policies(policy.text, _schema(types, actions))
    return "\n".join(str(error) for error in result.errors)


def _schema(types: Mapping[str, Mapping[str, object]], actions: Sequence[str]) -> str:
    shared = "id: String, region: String, district: String, org: String, person: String"
    lines = [
        "entity Role;",
        "entity Principal in [Role] { id: String, kind: String, role: String,"
        " regions: Set<String>, districts: Set<String>, org: String, scopes: Set<String>,"
        " acts_for: String, nationwide: Bool };",
    ]
    for name, more in types.items():
        extra = "".join(f", {key}: {_cedar_type(value)}" for key, value in more.items())
        lines.append(f"entity {name} {{ {shared}, status: String{extra} }};")
    things = ", ".join(types)
    applies = f"appliesTo {{ principal: [Principal], resource: [{things}] }}"
    return "\n".join([*lines, *(f'action "{action}" {applies};' for action in actions)])


def _cedar_type(example: object) -> str:
    if isinstance(example, bool):
        return "Bool"
    if isinstance(example, int):
        return "Long"
    return "String" if isinstance(example, str) else "Set<String>"
