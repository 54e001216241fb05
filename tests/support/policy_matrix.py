"""Golden matrices: what every role may do, as a text that a person can read and a diff can show."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

from shared.identity.policy import Attribute, Policy, Resource
from shared.principal import Principal

MACHINE, ROLE = "-", "<role>"
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


def territories(policy: Policy, types: Mapping[str, Mapping[str, Attribute]]) -> str:
    """What each permission hangs on: a caller is allowed, then stripped of one thing after another.

    The caller has the region, the district, the organisation and the account that the resource
    names; what is listed is whatever the caller cannot lack. `types` are the resource types, each
    with the `more` attributes of one that is the caller's own; `ROLE` is the caller's role.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for role in [MACHINE, *sorted(set(re.findall(r'Role::"(\w+)"', policy.text)))]:
        for name, more in types.items():
            own = {key: role if value == ROLE else value for key, value in more.items()}
            thing = Resource(name, "x_1", "ZR", "D01", "org_1", "usr_1", "new", own)
            for action in sorted(set(re.findall(r'Action::"(\w+)"', policy.text))):
                needs = _needs(policy, role, action, thing)
                if needs is not None:
                    found.setdefault((role, name, needs), []).append(action)
    return "".join(
        f"{role:<22} {name:<14} {needs}\n    {' '.join(actions)}\n"
        for (role, name, needs), actions in found.items()
    )


def _needs(policy: Policy, role: str, action: str, thing: Resource) -> str | None:
    """What a caller cannot lack who may do this; None when no caller of this role may."""
    scopes = tuple(sorted(set(re.findall(r'scopes.contains\("(\w+)"\)', policy.text))))
    may = partial(policy.allows, action=action)
    caller = next((each for each in _callers(role, scopes) if may(each, resource=thing)), None)
    if caller is None:
        return None
    lacking = {
        "every region": replace(caller, regions=("ZR",)),
        "region": replace(caller, regions=("YY",)),
        "that very region": replace(caller, regions=("*",)),
        "district": replace(caller, districts=("D09",)),
        "a district": replace(caller, districts=()),
        "org": replace(caller, org="org_2"),
        "account": replace(caller, id="usr_2"),
        "another account": replace(caller, id="usr_1"),
        "another org": replace(caller, org="org_1"),
        "its own token": replace(caller, kind="link"),
        "no other in her place": replace(caller, on_behalf_of="fam_2"),
        **{f"scope {each}": replace(caller, scopes=_without(scopes, each)) for each in scopes},
    }
    needs = [name for name, poorer in lacking.items() if not may(poorer, resource=thing)]
    changed = [("status", replace(thing, status="closed"))] + [
        (name, replace(thing, more={**thing.more, name: _another(value)}))
        for name, value in thing.more.items()
    ]
    needs += [name for name, other in changed if not may(caller, resource=other)]
    return ", ".join(needs) or "nothing"


def _callers(role: str, scopes: tuple[str, ...]) -> Iterator[Principal]:
    """Callers of a role, those who have less first; a machine has none, and every scope.

    Last is who decides nothing about herself.
    """
    own = product(("usr_1",), (None, "org_1"), ("ZR", "*"))
    for account, org, region in (*own, ("usr_2", None, "ZR")):
        caller = Principal(account, "person", role, (role,), (region,), ("D01",), org)
        yield replace(caller, kind="machine", scopes=scopes) if role == MACHINE else caller


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(each for each in names if each != name)


def _another(value: Attribute) -> Attribute:
    if isinstance(value, tuple):
        return ("another",)
    return not value if isinstance(value, bool) else "another"
