"""Each function's template sets what the function reads, and nothing that nobody reads."""

import ast
import importlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from infra.packaging import templates
from infra.packaging.import_closure import closure
from infra.services import INFRA, ROOT, app_folders
from services.notifications import settings as notifications
from services.notifications.templates.values import Audience
from shared import settings as kernel
from shared.settings import Setting
from tests.infra.stack_reader import Stack

# Read by a library, not by us: the comment in service.yaml says why.
OF_LIBRARIES = {"PYDANTIC_DISABLE_PLUGINS"}
# Settings of code that a module imports and never calls.
UNUSED = {
    # The edge keeps what an Idempotency-Key has answered by a commit; the till records its own.
    # It names the codes of a list that refused one; the till takes no code.
    "services.cards.till.app": {"AUDIT_TABLE", "KEYS_TABLE", "QUEUE_URL", "REFERENCE_TABLE"},
}
OWNERS = [audience.owner for audience in Audience if audience.owner]


def _declared() -> Iterator[tuple[str, Setting]]:
    """Every setting there is, with the name of its module."""
    own = sorted((ROOT / "services").glob("*/settings.py"))
    names = ["shared.settings", *(f"services.{path.parent.name}.settings" for path in own)]
    for name in names:
        for member in vars(importlib.import_module(name)).values():
            if isinstance(member, Setting):
                yield name, member
    for owner in OWNERS:
        yield notifications.__name__, notifications.recipients(owner)


DECLARED = list(_declared())


@cache
def read_by(module: str) -> set[Setting]:
    """The settings that a function may read whose handler is in that module."""
    return {setting for path in closure([module], ROOT) for setting in _read_in(path)}


@cache
def _read_in(path: Path) -> frozenset[Setting]:
    tree = ast.parse(path.read_text("utf-8"))
    known: dict[str, ModuleType] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if alias.name == "settings":
                    name = f"{node.module}.settings"
                    known[alias.asname or alias.name] = importlib.import_module(name)
    found: set[Setting] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            member = getattr(known.get(node.value.id), node.attr, None)
            if isinstance(member, Setting):
                found.add(member)
            elif member is notifications.recipients:
                found |= {notifications.recipients(owner) for owner in OWNERS}
    return frozenset(found)


def _by_module(stack: Stack) -> dict[str, set[str]]:
    """What is set for the functions of each module, on AWS or on the local platform."""
    found: dict[str, set[str]] = {}
    for stage in ("aws", "local"):
        for function in stack.functions(stage).values():
            module = function["Handler"].rpartition(".")[0]
            if module == "app":
                module = f"{app_folders()[stack.name].replace('/', '.')}.app"
            found.setdefault(module, set()).update(stack.environment(function))
    return found


def unset(stack: Stack) -> Iterator[str]:
    """Settings without a default that a function may read and none of its module has."""
    for module, names in _by_module(stack).items():
        for setting in read_by(module):
            needed = setting.default is None and setting.name not in UNUSED.get(module, ())
            if needed and setting.name not in names:
                yield f"{stack.name}: {module} has no {setting.name}"


def unread(stack: Stack) -> set[str]:
    """Variables of a stack that no function of it reads."""
    modules = _by_module(stack)
    read = {setting.name for module in modules for setting in read_by(module)}
    return set().union(*modules.values()) - read - OF_LIBRARIES


def test_every_function_has_what_it_cannot_do_without(stacks: dict[str, Stack]) -> None:
    assert [finding for stack in stacks.values() for finding in unset(stack)] == []


def test_what_a_module_never_calls_is_not_set_for_it(stacks: dict[str, Stack]) -> None:
    set_for = {
        module: names for stack in stacks.values() for module, names in _by_module(stack).items()
    }
    for module, unused in UNUSED.items():
        assert unused <= {setting.name for setting in read_by(module)} - set_for[module]


def test_no_template_sets_what_nobody_reads(stacks: dict[str, Stack]) -> None:
    assert {name: unread(stack) for name, stack in stacks.items() if unread(stack)} == {}


def test_a_name_that_is_missing_or_too_many_is_noticed(stacks: dict[str, Stack]) -> None:
    text = json.dumps(stacks["till"].template).replace('"DATA_TABLE"', '"TABLE"')
    stack = Stack("till", json.loads(text))

    assert list(unset(stack)) == ["till: services.cards.till.app has no DATA_TABLE"]
    assert unread(stack) == {"TABLE"}


@pytest.mark.parametrize(("module", "setting"), DECLARED, ids=str)
def test_every_setting_names_the_templates_that_set_it(module: str, setting: Setting) -> None:
    """The kernel's are set by any template, a service's own by its own."""
    own = [module.split(".")[1]] if module != kernel.__name__ else None
    files = own or [path.stem for path in INFRA.glob("*.yaml")]
    assert set(setting.set_by) == {file for file in files if setting.name in _names(file)}


@cache
def _names(file: str) -> frozenset[str]:
    """The variables of all environments in one template."""
    return frozenset(_variables(templates.read(INFRA / f"{file}.yaml")))


def _variables(part: object) -> Iterator[str]:
    for key, value in part.items() if isinstance(part, dict) else ():
        yield from value.get("Variables", {}) if key == "Environment" else _variables(value)
