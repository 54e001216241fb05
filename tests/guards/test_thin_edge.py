"""A route does nothing but call a use case: tables of routes, and an app that only composes."""

import ast
import re
from collections.abc import Iterable, Iterator

import pytest

from tests.guards.code import Module, modules, spelled
from tests.guards.test_shape import BY_SERVICE

APP_LINES = 120
METHOD = re.compile(r"routes\.(get|post|put)")
# 565 lines for 152 routes in November 2026; with the four app.py 765, where 1 850 were before.
LINES_A_ROUTE = 3.8


def thick_apps(found: Iterable[Module]) -> Iterator[str]:
    """Find compositions of a service that do more than compose."""
    for module in found:
        if module.file == "app.py" and lines(module) > APP_LINES:
            yield module.at(APP_LINES, f"has {lines(module)} lines, more than {APP_LINES}")


def busy_tables(found: Iterable[Module]) -> Iterator[str]:
    """Find tables of routes that define something themselves."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    for module in found:
        for node in module.nodes:
            if module.file == "routes.py" and isinstance(node, kinds):
                yield module.at(node.lineno, "a table of routes defines nothing of its own")


def forwarders(found: Iterable[Module]) -> Iterator[str]:
    """Find functions of the edge that only pass their own parameters on to another call."""
    for module in found:
        for node in module.nodes if module.file in ("app.py", "routes.py") else ():
            if isinstance(node, ast.FunctionDef | ast.Lambda) and _forwards(node):
                yield module.at(node.lineno, f"{getattr(node, 'name', 'lambda')} only forwards")


def _forwards(node: ast.FunctionDef | ast.Lambda) -> bool:
    call = node.body if isinstance(node, ast.Lambda) else _only_statement(node)
    if not isinstance(call, ast.Call) or _is_lambda_function(node):
        return False
    own = {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    passed = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(isinstance(each, ast.Name) and each.id in own for each in passed)


def _only_statement(node: ast.FunctionDef) -> ast.expr | None:
    match node.body[1:] if ast.get_docstring(node) else node.body:
        case [ast.Return(value=value)] | [ast.Expr(value=value)]:
            return value
    return None


def _is_lambda_function(node: ast.AST) -> bool:
    """Whether AWS calls it: Chalice packages only what app.py defines."""
    decorators = getattr(node, "decorator_list", [])
    return any(spelled(getattr(each, "func", each)) == "app.lambda_function" for each in decorators)


def lines(module: Module) -> int:
    """Count the lines of a module."""
    return module.text.count("\n")


RULES = {"thick_apps": thick_apps, "busy_tables": busy_tables, "forwarders": forwarders}


@BY_SERVICE
@pytest.mark.parametrize("rule", RULES)
def test_the_edge_is_thin(rule: str, service: str) -> None:
    assert list(RULES[rule](modules(f"services/{service}"))) == []


def test_the_edge_is_short() -> None:
    tables = [each for each in modules("services") if each.file == "routes.py"]
    edge = [each for each in tables if "ways_in" not in each.text]  # the kernel's own table

    ways_in = [call for each in edge for name, call in each.calls if METHOD.fullmatch(name)]
    assert sum(map(lines, edge)) <= LINES_A_ROUTE * len(ways_in)


FORWARDS = [
    "def take(path, body, context):\n    return use_cases.take(path.id, body, context, cases())",
    'def take(body, context):\n    """Take it."""\n    use_cases.take(body, context=context)',
    "resolve = lambda query: holders.resolve(query, here())",
]
WORKS = [
    "def limit(path): return PLACES[path]",
    "def view(body):\n    found = load(body)\n    return View.of(found)",
    "@app.lambda_function(name='on-messages')\ndef on_messages(event, context):\n"
    "    return consumer.consume(event, context, SUBSCRIPTIONS, connection.store())",
    "def cases(): return Cases(connection.store())",
]


@pytest.mark.parametrize(("text", "many"), [*((t, 1) for t in FORWARDS), *((t, 0) for t in WORKS)])
def test_a_function_that_only_forwards_is_noticed(text: str, many: int) -> None:
    assert len(list(forwarders([Module("services/intake/app.py", text)]))) == many


@pytest.mark.parametrize("text", ["def take(): ...", "class Path: ...", "get('/x', lambda: 1)"])
def test_a_table_that_does_something_is_noticed(text: str) -> None:
    assert len(list(busy_tables([Module("services/intake/cases/routes.py", text)]))) == 1


@pytest.mark.parametrize("path", ["services/intake/app.py", "services/cards/till/app.py"])
def test_an_app_that_is_too_thick_is_noticed(path: str) -> None:
    assert list(thick_apps([Module(path, "x = 1\n" * 120)])) == []
    assert len(list(thick_apps([Module(path, "x = 1\n" * 121)]))) == 1
