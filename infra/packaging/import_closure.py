"""Finds what a handler imports from this repository, lazily imported modules included."""

import ast
import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import get_args

from shared.parts import Plug

OURS = ("shared", "services")


def copy_closure(handlers: Iterable[str], root: Path, target: Path) -> None:
    """Copy the handlers' modules, all they may import of ours, and the data beside them."""
    for path in closure(handlers, root):
        for found in [path, *_data_beside(path)]:
            to = target / found.relative_to(root)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(found, to)


def closure(handlers: Iterable[str], root: Path) -> dict[Path, list[str]]:
    """Return the files of all our modules that the handlers can reach, with what each imports."""
    waiting, found = list(handlers), dict[Path, list[str]]()
    while waiting:
        name = waiting.pop()
        path = _file(name, root)
        if path is None or path in found:
            continue
        found[path] = _imports(path.read_text("utf-8"))
        waiting += [name.rpartition(".")[0], *found[path]]
    return found


def _file(name: str, root: Path) -> Path | None:
    if name.partition(".")[0] not in OURS:
        return None
    base = root.joinpath(*name.split("."))
    for path in (base / "__init__.py", base.with_suffix(".py")):
        if path.exists():
            return path
    return None


@cache
def _imports(text: str) -> list[str]:
    named: list[str] = []
    for node in _executed(ast.parse(text)):
        if isinstance(node, ast.Import):
            named += [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            named.append(node.module)
            named += [f"{node.module}.{each.name}" for each in node.names]
        elif isinstance(node, ast.Assign) and _is_parts(node.targets[0]):
            named += _plugs(node.value)
    return named


def _is_parts(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "PARTS"


def _plugs(parts: ast.expr) -> list[str]:
    """Return the modules that `shared.parts` imports when they are needed."""
    if not isinstance(parts, ast.Call):
        return []
    service, *names = (ast.literal_eval(each) for each in parts.args)
    return [f"services.{service}.{name}.{plug}" for name in names for plug in get_args(Plug)]


def _executed(tree: ast.AST) -> Iterable[ast.AST]:
    """All nodes but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        yield node
        yield from _executed(node)


def _data_beside(path: Path) -> list[Path]:
    """Return what a module reads: files beside it, or in a folder `data` above, that it names."""
    texts = path.read_text("utf-8")
    beside = [each for each in path.parent.iterdir() if each.suffix in (".toml", ".cedar")]
    found = [each for each in beside if each.name in texts or each.stem in texts]
    above = [each for folder in path.parents for each in (folder / "data").glob("*.toml")]
    return found + [each for each in above if each.name in texts]
