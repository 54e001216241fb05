"""Source files as guards see them: parsed, with their imports, never imported."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from infra.services import ROOT as ROOT
from infra.services import service_names

SERVICES = service_names()


@dataclass(frozen=True)
class Module:
    """A Python file of the repository, or a made-up one that a guard must refuse."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        """Its dotted name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def file(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def service(self) -> str | None:
        parts = self.path.split("/")
        return parts[1] if parts[0] == "services" and len(parts) > 2 else None

    @property
    def is_channel(self) -> bool:
        """Whether it speaks to an outside provider: the only service modules that may."""
        return self.service is not None and "channels" in self.path.split("/")[2:-1]

    @cached_property
    def imports(self) -> tuple[tuple[str, int], ...]:
        """Dotted names it imports, and where; `from a import b` is `a.b`."""
        return tuple(_imports(self.nodes))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def calls(self) -> tuple[tuple[str, ast.Call], ...]:
        """Its calls, each with the spelling of what is called."""
        return tuple(
            (spelled(node.func), node) for node in self.nodes if isinstance(node, ast.Call)
        )

    @cached_property
    def classes(self) -> tuple[ast.ClassDef, ...]:
        return tuple(node for node in self.nodes if isinstance(node, ast.ClassDef))

    @cached_property
    def strings(self) -> tuple[ast.Constant, ...]:
        """Its string constants, parts of f-strings too, without the docstrings."""
        docs = {id(doc) for node in self.nodes for doc in _docstring(node)}
        return tuple(
            node
            for node in self.nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docs
        )

    def at(self, line: int, what: str) -> str:
        """A finding."""
        return f"{self.path}:{line} {what}"


def _imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _docstring(node: ast.AST) -> list[ast.Constant]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    if not isinstance(node, kinds) or not node.body:
        return []
    match node.body[0]:
        case ast.Expr(value=ast.Constant() as constant):
            return [constant]
    return []


@cache
def modules(*folders: str) -> list[Module]:
    """The Python files of some folders of the repository, none of which is without any."""
    return [module for folder in folders for module in _within(folder)]


@cache
def _within(folder: str) -> list[Module]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, f"{folder} holds no code: a rule over it would hold for nothing"
    return [_module(path.relative_to(ROOT).as_posix()) for path in found]


@cache
def _module(path: str) -> Module:
    """A file is parsed once, however many rules and folders it is looked at by."""
    return Module(path, (ROOT / path).read_text(encoding="utf-8"))


def within(name: str, *packages: str) -> bool:
    """Whether a dotted name is one of the packages or inside of one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def spelled(node: ast.AST) -> str:
    """A dotted expression as it is written, e.g. `datetime.now`."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name() | ast.Attribute() as whole, attr=name):
            return f"{spelled(whole)}.{name}"
        case ast.Attribute():
            return ast.unparse(node)
    return ""
