"""Who may import whom: app → use cases → domain ← repository, and nothing across services."""

import sys
from collections.abc import Iterable, Iterator

import pytest

from tests.guards.code import SERVICES, Module, modules, within
from tests.guards.test_shape import BY_SERVICE

# What a domain may import beside the standard library; nothing of it reads.
PURE = (
    "pydantic",
    "shared.domain",
    "shared.errors",
    "shared.ids.from_bytes",
    "shared.ids.pattern",
    "shared.reference.calendar",
    "shared.table_imports.domain",
)
# Parts of the standard library that look at the world outside of a function's arguments.
IMPURE = (
    "http", "importlib", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket",
    "subprocess", "sys", "tempfile", "time", "urllib", "uuid",
)  # fmt: skip
# The one module that knows Chalice.
CHALICE = "shared/api/app.py"
OF_AWS = ("boto3", "botocore", "chalice")
NETWORK = (*OF_AWS, "http", "requests", "socket", "urllib.request", "urllib3")
# How a part names the work of its jobs.
JOB = "shared.messaging.deadlines.Job"
WIRING = (
    "shared.api.app",
    "shared.messaging.consumer",
    "shared.messaging.deadlines",
    "shared.messaging.outbox",
    "shared.messaging.subscriptions",
)


def crossing(found: Iterable[Module]) -> Iterator[str]:
    """Imports between services, by name or as text, and imports of code above the services."""
    for module in found:
        others = [f"services.{name}" for name in SERVICES if name != module.service]
        above = ("infra", "demo", "tests", "tools", "bench")
        for name, line in module.imports:
            if within(name, *others):
                yield module.at(line, f"imports another service: {name}")
            if within(name, *above):
                yield module.at(line, f"imports {name}")
        for node in module.strings:
            if within(str(node.value), *others):
                yield module.at(node.lineno, f"names another service: {node.value!r}")


def upward(found: Iterable[Module]) -> Iterator[str]:
    """Imports of the kernel from a service, and of AWS where it has no place."""
    for module in found:
        for name, line in module.imports:
            if within(name, "services", "infra", "demo", "tests", "tools", "bench"):
                yield module.at(line, f"the kernel knows {name}")
            if within(name, "chalice") and module.path != CHALICE:
                yield module.at(line, f"chalice outside of {CHALICE}")


def outside_world(found: Iterable[Module]) -> Iterator[str]:
    """Imports of AWS or a network library by a service, and of the wiring by other than app.py."""
    for module in found:
        if module.is_channel:
            continue
        forbidden = NETWORK if module.file == "app.py" else (*NETWORK, *WIRING)
        for name, line in module.imports:
            if within(name, *forbidden) and name != JOB:
                yield module.at(line, f"imports {name}")


def against_the_arrow(found: Iterable[Module]) -> Iterator[str]:
    """Imports of app.py by anybody, and of use cases by a repository."""
    for module in found:
        for name, line in module.imports:
            if within(name, f"services.{module.service}") and "app" in name.split(".")[2:]:
                yield module.at(line, f"imports {name}")
            if module.file == "repository.py" and "use_cases" in name.split("."):
                yield module.at(line, f"a repository imports {name}")


def impure_domains(found: Iterable[Module]) -> Iterator[str]:
    """What a domain, or a module of its service that it stands on, imports beyond its leave."""
    by_name = {module.name: module for module in found}
    waiting = [module for module in by_name.values() if module.file == "domain.py"]
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module.path in seen:
            continue
        seen.add(module.path)
        for name, line in module.imports:
            if within(name, f"services.{module.service}"):
                waiting += [by_name[part] for part in _names(name) if part in by_name]
            elif not _pure(name):
                yield module.at(line, f"a domain imports {name}")


def _names(name: str) -> tuple[str, str]:
    """The module a name may be, and the module it may be in."""
    return name, name.rpartition(".")[0]


def _pure(name: str) -> bool:
    standard = name.partition(".")[0] in sys.stdlib_module_names and not within(name, *IMPURE)
    return standard or within(name, *PURE)


RULES = {
    "crossing": (crossing, ("services",)),
    "upward": (upward, ("shared",)),
    "outside_world": (outside_world, ("services",)),
    "against_the_arrow": (against_the_arrow, ("services",)),
}
BROKEN = {
    "crossing": [
        ("services/intake/app.py", "from services.matching.domain import Match"),
        ("services/intake/use_cases.py", "import infra.package"),
        ("services/intake/use_cases.py", "import_module('services.matching.domain')"),
    ],
    "upward": [
        ("shared/messaging/consumer.py", "from services.intake import app"),
        ("shared/storage/store.py", "from chalice import Chalice"),
    ],
    "outside_world": [
        ("services/intake/use_cases.py", "import boto3"),
        ("services/intake/app.py", "from chalice import Chalice"),
        ("services/intake/repository.py", "from botocore.config import Config"),
        ("services/cards/till/use_cases.py", "import http.client"),
        ("services/intake/use_cases.py", "from shared.api.app import ServiceApp"),
    ],
    "against_the_arrow": [
        ("services/intake/cases/use_cases.py", "from services.intake.app import app"),
        ("services/intake/repository.py", "from services.intake.cases import use_cases"),
    ],
}


@pytest.mark.requirement("X-01")
@pytest.mark.parametrize("rule", RULES)
def test_imports_follow_the_layers(rule: str) -> None:
    check, folders = RULES[rule]

    assert list(check(modules(*folders))) == []


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [(rule, path, text) for rule, cases in BROKEN.items() for path, text in cases],
)
def test_a_broken_layer_is_noticed(rule: str, path: str, text: str) -> None:
    check, _ = RULES[rule]

    assert len(list(check([Module(path, text)]))) == 1


@BY_SERVICE
def test_domains_are_pure(service: str) -> None:
    assert list(impure_domains(modules(f"services/{service}"))) == []


@pytest.mark.parametrize(
    "text",
    [
        "from shared import clock",
        "from shared import ids",
        "import os",
        "from pathlib import Path",
        "import yaml",
        "from shared.reference import regions",
    ],
)
def test_a_domain_that_reads_is_noticed(text: str) -> None:
    assert len(list(impure_domains([Module("services/intake/domain.py", text)]))) == 1


def test_purity_reaches_through_the_domains_helpers() -> None:
    domain = Module("services/intake/domain.py", "from services.intake.facts import Fact")
    helper = Module("services/intake/facts.py", "from shared import clock")

    assert len(list(impure_domains([domain, helper]))) == 1


def test_a_channel_may_speak_to_its_provider() -> None:
    channel = Module("services/notifications/channels/sms.py", "import urllib3")

    assert list(outside_world([channel])) == []


def test_a_domain_may_know_how_an_id_looks() -> None:
    domain = Module("services/intake/domain.py", "from shared.ids import pattern")

    assert list(impure_domains([domain])) == []


# The floors of the kernel and of infra, from the top; what is named nowhere is a leaf, which all
# may use. Of infra's commands its packages use only the one that builds.
FLOORS = {
    "shared": (
        ("readings", "sign_in"),
        ("api", "messaging"),
        ("table_imports",),
        ("identity", "privacy"),
        ("storage", "events"),
    ),
    "infra": (
        ("deploy", "local", "machine_tokens", "reference"),
        ("local_platform",),
        ("deployment",),
        ("package",),
        ("configuration", "packaging"),
    ),
}


def _floor(name: str) -> int:
    """The floor of a module; leaves lie below all."""
    top, _, rest = name.partition(".")
    floors, room = FLOORS[top], rest.partition(".")[0]
    return next((level for level, rooms in enumerate(floors) if room in rooms), len(floors))


def not_downwards(found: Iterable[Module]) -> Iterator[str]:
    """Imports that go up, or sideways between two packages of a floor."""
    for module in found:
        top = module.name.partition(".")[0]
        for name, line in module.imports:
            if not within(name, top) or name == f"{top}.":
                continue
            here, there = module.name.split(".")[1:2], name.split(".")[1:2]
            sideways = _floor(name) == _floor(module.name) < len(FLOORS[top]) and here != there
            if _floor(name) < _floor(module.name) or (sideways and there != ["events"]):
                yield module.at(line, f"imports {name}, which lies above or beside it")


def test_the_kernel_and_infra_are_imported_downwards() -> None:
    assert list(not_downwards(modules("shared"))) == []
    assert list(not_downwards(modules("infra"))) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shared/aws.py", "from shared.storage import rows"),
        ("shared/storage/rows.py", "from shared.identity.claims import ACT_FOR_FAMILY"),
        ("shared/privacy/vault.py", "from shared.identity import policy"),
        ("shared/identity/policy.py", "from shared.api.app import ServiceApp"),
        ("infra/packaging/layer.py", "from infra.deployment import cloud"),
        ("infra/configuration/regions.py", "from infra.packaging.templates import read"),
        ("infra/packaging/layer.py", "from infra.package import Package"),
        ("infra/deployment/plans.py", "from infra.local_platform.emulator import Emulator"),
        ("infra/deployment/plans.py", "from infra.local import main"),
        ("infra/services.py", "from infra import package"),
    ],
)
def test_an_import_that_goes_up_is_noticed(path: str, text: str) -> None:
    assert list(not_downwards([Module(path, text)]))
