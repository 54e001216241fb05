"""Inside of a service imports run one way: from aggregates that span others down to those that
do not. The order stands once, in `PARTS` of the service's app.py; nowhere is a circle.
"""

import ast
import graphlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pytest

from tests.guards.code import Module, modules
from tests.guards.test_shape import BY_SERVICE

PLUGGED = ("routes.py", "reactions.py")


def parts(app: Module) -> tuple[str, ...] | None:
    """Return the folders in PARTS of an app, bottom up; None where it names none."""
    for node in app.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="PARTS")], value=ast.Call(args=[_, *names])):
                return tuple(ast.literal_eval(name) for name in names)
    return None


def against_the_order(found: Sequence[Module]) -> Iterator[str]:
    """Find imports that go up the order of PARTS, and aggregates that it lacks."""
    for app in found:
        if app.service and app.path == f"services/{app.service}/app.py":
            own = [module for module in found if module.service == app.service]
            yield from _checked(app, own)


def _checked(app: Module, own: Sequence[Module]) -> Iterator[str]:
    order = parts(app)
    if order is None:
        yield app.at(1, "has no PARTS")
        return
    inner = {_room(module) for module in own if module.file == "app.py"} - {""}
    plugged = {_room(module) for module in own if module.file in PLUGGED} - inner
    for room in sorted(plugged - {*order}):
        yield app.at(1, f"PARTS lacks {room}")
    rank = {room: place for place, room in enumerate(order)} | dict.fromkeys(inner, len(order))
    for module in own:
        if module is not app:
            yield from _upward(module, rank)


def _upward(module: Module, rank: Mapping[str, int]) -> Iterator[str]:
    """Find what a module imports from a room above its own; unranked rooms are below all."""
    here = rank.get(_room(module), -1)
    for name, line in module.imports:
        _, service, *rest = (*name.split("."), "")
        if service == module.service and rank.get(rest[0], -1) > here:
            yield module.at(line, f"imports {name}, which PARTS does not list before it")


def _room(module: Module) -> str:
    """Return the folder of its service that a module is in, "" beside app.py."""
    return "/".join(module.path.split("/")[2:-1][:1])


def circles(found: Iterable[Module]) -> Iterator[str]:
    """Find a circle of modules that import each other."""
    by_name = {module.name: module for module in found}
    graph = {name: set(_imported(module, by_name)) for name, module in by_name.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        yield " → ".join(reversed(error.args[1]))


def _imported(module: Module, known: Mapping[str, Module]) -> Iterator[str]:
    """Name the known modules that a module imports; `from a import b` may mean a.b or a."""
    for name, _ in module.imports:
        found = next((each for each in (name, name.rpartition(".")[0]) if each in known), None)
        if found not in (None, module.name):
            yield found


@BY_SERVICE
def test_aggregates_import_only_those_below_them(service: str) -> None:
    assert list(against_the_order(modules(f"services/{service}"))) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert list(circles(modules("services", "shared", "infra", "demo", "tools", "bench"))) == []


APP = 'PARTS = Parts("intake", "families", "cases")'


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("services/intake/families/domain.py", "from services.intake.cases.domain import Case"),
        ("services/intake/families/views.py", "from services.intake import cases"),
        ("services/intake/policy.py", "from services.intake.cases import policy"),
        ("services/intake/channels/sms.py", "import services.intake.families.domain"),
        ("services/intake/cases/domain.py", "from services.intake.till.domain import Check"),
        ("services/intake/aid/routes.py", ""),
    ],
)
def test_an_import_against_the_order_is_noticed(path: str, text: str) -> None:
    app = Module("services/intake/app.py", APP)
    till = Module("services/intake/till/app.py", "")

    assert len(list(against_the_order([app, till, Module(path, text)]))) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("services/intake/cases/domain.py", "from services.intake.families.domain import Family"),
        ("services/intake/cases/domain.py", "from services.intake.channels import sms"),
        ("services/intake/cases/routes.py", "from services.intake.cases import use_cases"),
        ("services/intake/till/domain.py", "from services.intake.cases.values import Status"),
        ("services/intake/till/routes.py", "from services.intake.policy import POLICY"),
    ],
)
def test_an_import_down_the_order_is_right(path: str, text: str) -> None:
    app = Module("services/intake/app.py", APP)
    till = Module("services/intake/till/app.py", "")

    assert list(against_the_order([app, till, Module(path, text)])) == []


def test_an_app_without_the_order_is_noticed() -> None:
    app = Module("services/intake/app.py", "app = ServiceApp('intake')")

    assert list(against_the_order([app])) == ["services/intake/app.py:1 has no PARTS"]


def test_a_circle_is_noticed() -> None:
    one = Module("services/cards/till/domain.py", "from services.cards.till import rows")
    two = Module("services/cards/till/rows.py", "from services.cards.offers.domain import Offer")
    three = Module(
        "services/cards/offers/domain.py", "def f():\n    import services.cards.till.domain"
    )

    (circle,) = circles([one, two, three])

    assert all(module.name in circle for module in (one, two, three))
    assert list(circles([one, two])) == []
