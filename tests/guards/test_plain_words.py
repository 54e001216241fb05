"""Names and docstrings use the field's words: none that only this house understands.

Strings are free: the texts of events, rows and routes are public or stored.
"""

import ast
import re
from collections.abc import Iterable, Iterator

import pytest

from tests.guards.code import Module, modules, spelled
from tests.guards.test_shape import BY_SERVICE

# What to write instead: the actor, the object and, where there is one, the technical word.
WORDS = (
    "told|tells|telling",  # event, events, view; says, returns, publishes
    "desks?",  # repositories and other dependencies, by type
    "shelf|shelves|shelved",  # list, status prefix; set aside
    "whoever|whom",  # the caller, the family, the recipient
    "somebody|nobody|anybody",  # the same, or "no caller", "any caller"
    "things?",  # aggregate, resource, row
    "lies?|stands?",  # is stored in, is listed in, is kept
    "apart",  # separately, except
    "brings?",  # returns, carries, contains
    "(?:comes?|came) to nothing",  # fails, is cancelled
    "what became of",  # the status of, the outcome of
    "no other .{1,40} but",  # only
    "loosened",  # released
)
_WORDS = re.compile(rf"\b({'|'.join(WORDS)})\b")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
# Names that are stored or published and so stay.
STORED = {"for_whom": "a field of histories in rows of intake and in its API"}


def private_words(found: Iterable[Module]) -> Iterator[str]:
    """Find words of our own in what modules define and in what docstrings say."""
    for module in found:
        for node in module.nodes:
            line = getattr(node, "lineno", 1)
            for name in set(_defined(node)) - STORED.keys():
                for word in _WORDS.findall(_HUMP.sub("_", name).replace("_", " ").lower()):
                    yield module.at(line, f"{word!r} in the name {name}")
            if isinstance(node, _DOCUMENTED):
                for word in _WORDS.findall(_flat(ast.get_docstring(node) or "")):
                    yield module.at(line, f"{word!r} in a docstring")
        for word in _WORDS.findall(module.path.replace("/", " ").replace("_", " ")):
            yield module.at(1, f"{word!r} in the name of the module")


def _defined(node: ast.AST) -> Iterator[str]:
    """Name what a node defines: a class, function, parameter, variable, attribute or alias."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield name
        case ast.alias(asname=str(name)):
            yield name


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


def puzzles(found: Iterable[Module]) -> Iterator[str]:
    """Find lines that a reader has to decode, as some of the worst were."""
    for module in found:
        for number, line in enumerate(module.text.splitlines(), 1):
            if "# type: ignore" in line:
                yield module.at(number, "a type that does not fit is silenced")
        for node in module.nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                yield from _riddle(module, node, spelled(node.targets[0]))
            if isinstance(node, ast.comprehension) and spelled(node.iter).endswith("model_fields"):
                yield module.at(node.iter.lineno, "copies a model field by field: View.of")


def _riddle(module: Module, node: ast.Assign, name: str) -> Iterator[str]:
    value = spelled(node.value)
    called = spelled(node.value.func) if isinstance(node.value, ast.Call) else ""
    if value.endswith("received.event") and name != "event":
        yield module.at(node.lineno, f"an event is called {name}")
    if called == f"{name}._{name}":
        yield module.at(node.lineno, f"{name} is called three times")


@pytest.mark.parametrize("folder", ["shared", "infra", "tools"])
def test_names_and_docstrings_use_plain_words(folder: str) -> None:
    assert list(private_words(modules(folder))) == []


@BY_SERVICE
def test_services_use_plain_words(service: str) -> None:
    assert list(private_words(modules(f"services/{service}"))) == []


@BY_SERVICE
def test_no_line_is_a_puzzle(service: str) -> None:
    assert list(puzzles(modules(f"services/{service}"))) == []


def test_every_stored_name_is_still_there() -> None:
    defined = {name for m in modules("services") for node in m.nodes for name in _defined(node)}

    assert STORED.keys() <= defined


# As they were on 2026-11-25: see docs/decisions/0028-plain-words.md.
TEN_WORST_LINES = {
    "a docstring": 'class Desk:\n    """A place to work at."""',
    "a rule": '"""Whether it may still work: a call is no other channel but what staff does about a'
    ' failure."""',
    "a 404": 'def f():\n    """A method that a path does not have is a thing we do not have."""',
    "a verb": "marked = marked._marked(1)",
    "a value": "told_of = match.submit_story()",
    "a signature": "def family_is_out(match_id: str, reason: str, desk: Desk) -> Loosened: ...",
    "a type": "def f(day: object):\n    if day > today:  # type: ignore[operator]\n        pass",
    "a homonym": "def f(received):\n    match = received.event",
    "an alias": "from shared.events import cards as told",
    "a loop": "same = {name: getattr(match, name) for name in cls.model_fields if name != 'x'}",
}


@pytest.mark.parametrize("text", TEN_WORST_LINES.values(), ids=TEN_WORST_LINES)
def test_the_ten_worst_lines_are_noticed(text: str) -> None:
    found = [Module("services/intake/use_cases.py", text)]

    assert len([*private_words(found), *puzzles(found)]) == 1


@pytest.mark.parametrize(
    ("path", "text", "many"),
    [
        ("services/intake/desk.py", "", 1),
        ("shared/storage/rows.py", "SHELVES = ('a', 'b')", 1),
        ("shared/storage/rows.py", "def whom(thing): ...", 2),
        ("shared/storage/rows.py", "class NobodyKnows: ...", 1),
        ("shared/storage/rows.py", 'def f():\n    """Say what\n    became of it."""', 1),
        ("shared/storage/rows.py", "def f():\n    self.told = event", 1),
    ],
)
def test_a_word_of_our_own_is_noticed(path: str, text: str, many: int) -> None:
    assert len(list(private_words([Module(path, text)]))) == many


@pytest.mark.parametrize(
    "text",
    [
        "NOTHING = 'somebody told'",
        'def f():\n    """Return nothing, or something, standalone."""',
        "believes = something_else",
    ],
)
def test_strings_and_other_words_are_free(text: str) -> None:
    assert list(private_words([Module("services/intake/domain.py", text)])) == []
