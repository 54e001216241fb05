"""Every closed set of words that leaves a service is a list of codes, with both labels, once."""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from shared.domain import CODE_LIST_KEYWORD
from shared.reference.code_lists import Code, CodeList, shipped
from tests.guards.code import Module, modules, spelled

DOCUMENTS = Path(__file__).parents[2] / "docs/api"
# Enumerations of one module that reach no row, event or answer.
INTERNAL = {
    "QuestionKind": "how a question is answered, as its questionnaire says",
    "FactKind": "how a template reads a field of an event",
    "DeliveryStatus": "what a provider's answer means",
    "Arrival": "what a provider lets us know of arrivals",
    "OnDoubt": "what a provider allows when an outcome is unknown",
    "UpdateKind": "what a provider's webhook says",
    "NextAction": "what a due message needs next",
    "Reach": "where the work of a role is filed",
}
# Enumerations of a part of their list.
PARTIAL = {"KeyStatus": "a key expires by its date, nothing is stored then"}
# Codes of a command that are of no list.
UNLISTED = {"SetLines.values": "names of lines of phrases.toml, which the use case knows"}
# Alternatives that are no reference data.
TECHNICAL = {
    frozenset({"moment", "day", "district"}): "how a template reads a field of an event",
    frozenset(
        {"living", "ended", "refused", "moved", "erased"}
    ): "what a row says of a file's number",
    frozenset({"body", "query", "header"}): "where the value was that an answer refuses",
    frozenset({"scale", "choice", "yes_no", "words"}): "QuestionKind, see above",
}
LOOK_UPS = ("CodeOf", "Listed", "check", "choices", "find", "labels")
BASES = frozenset({"StrEnum", "CodeEnum", "KnownCodes"})
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")

Lists = Mapping[str, CodeList]


def enumerations(module: Module) -> Iterator[tuple[ast.ClassDef, str | None, set[str]]]:
    """The module's enumerations of texts: each with the list that it names, and its values."""
    for node in module.classes:
        if BASES & {*map(spelled, node.bases)}:
            values = {
                str(each.value.value)
                for each in node.body
                if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
            }
            named = (each.value for each in node.keywords if each.arg == "of")
            names = [str(each.value) for each in named if isinstance(each, ast.Constant)]
            yield node, names[0] if names else None, values


def of_known_codes(node: ast.ClassDef) -> bool:
    return "KnownCodes" in map(spelled, node.bases)


def unlisted_enumerations(found: Iterable[Module], lists: Lists) -> Iterator[str]:
    """Enumerations that name no list, or whose members are not the codes of the one they name."""
    for module in found:
        for node, name, values in enumerations(module):
            if node.name in INTERNAL:
                continue
            if name is None or name not in lists:
                yield module.at(node.lineno, f"{node.name} names no list: {name}")
                continue
            codes = set(lists[name].codes)
            some = of_known_codes(node) or node.name in PARTIAL
            if values != codes and not (some and values <= codes):
                yield module.at(node.lineno, f"{node.name} ≠ {name}: {sorted(values ^ codes)}")


def misplaced_enumerations(found: Iterable[Module], lists: Lists) -> Iterator[str]:
    """Types that refuse what a stage adds to an open list; a closed list of which some is known."""
    for module in found:
        for node, name, _ in enumerations(module):
            if name and name in lists and lists[name].open is not of_known_codes(node):
                base = "KnownCodes" if lists[name].open else "CodeEnum"
                yield module.at(node.lineno, f"{node.name} of {name}: write {base}")


def unchecked_codes(found: Iterable[Module], lists: Lists) -> Iterator[str]:
    """Fields of commands that take any word, or a code that is retired.

    A `CodeEnum` checks itself, but its members are all codes, retired ones too.
    """
    all_ = [*found]
    retired = {
        node.name
        for module in all_
        for node, name, _ in enumerations(module)
        if name and name in lists and len(lists[name].active) < len(lists[name].codes)
    }
    for module in all_:
        for name, type_ in _typed(module) if module.file == "commands.py" else ():
            names = {each.id for each in ast.walk(type_) if isinstance(each, ast.Name)}
            free = "Code" in names or any(_alternatives(type_))
            if (free or names & retired) and "Listed" not in names and name not in UNLISTED:
                yield module.at(type_.lineno, f"{name}: {ast.unparse(type_)} is not Listed")


def _typed(module: Module) -> Iterator[tuple[str, ast.expr]]:
    """The fields of a module's commands, and its names for types, each with what it says."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign):
            yield ast.unparse(node.targets[0]), node.value
        elif isinstance(node, ast.ClassDef):
            for field in node.body:
                if isinstance(field, ast.AnnAssign):
                    yield f"{node.name}.{ast.unparse(field.target)}", field.annotation


def _alternatives(annotation: ast.AST) -> Iterator[frozenset[str]]:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
            words = _words(node.slice)
            if len(words) > 1 and words not in TECHNICAL:
                yield words


def unlisted_alternatives(found: Iterable[Module], lists: Lists) -> Iterator[str]:
    """Alternatives written as `Literal` that are not the codes of any list."""
    known = {frozenset(each.codes) for each in lists.values()} | TECHNICAL.keys()
    for module in found:
        for node in module.nodes:
            if isinstance(node, ast.Subscript):
                for words in _alternatives(node):
                    if words not in known:
                        yield module.at(node.lineno, f"no list has {sorted(words)}")


def _words(node: ast.AST) -> frozenset[str]:
    return frozenset(str(e.value) for e in ast.walk(node) if isinstance(e, ast.Constant))


def unknown_lists(found: Iterable[Module], lists: Lists) -> Iterator[str]:
    """Names of lists, as inputs and look-ups write them, that no list has."""
    for module in found:
        of_lists = any("code_lists" in name or "CodeOf" in name for name, _ in module.imports)
        for callee, call in module.calls if of_lists else ():
            if callee.rpartition(".")[2] in LOOK_UPS and call.args:
                name = call.args[0]
                if isinstance(name, ast.Constant) and name.value not in lists:
                    yield module.at(call.lineno, f"no list {name.value!r}")


def unfit_lists(lists: Lists) -> Iterator[str]:
    """Lists with a code or a label that nobody can use, or that stand in the file twice."""
    for name, each in lists.items():
        for code, labels in each.codes.items():
            if not CODE.fullmatch(code) or not CODE.fullmatch(name):
                yield f"{name}.{code}: not a code"
            if not re.search("[А-Яа-яЁё]", labels.ru) or not re.search("[A-Za-z]", labels.en):
                yield f"{name}.{code}: a label is missing"
        for language in ("ru", "en"):
            labels_of = [getattr(code, language) for code in each.codes.values()]
            if len(set(labels_of)) < len(labels_of):
                yield f"{name}: two codes look alike in {language}"
    for one, other in combinations(lists.values(), 2):
        if dict(one.codes) == dict(other.codes):
            yield f"{one.name} and {other.name} are one list"


def unnamed_alternatives(document: Any, lists: Lists, place: str = "") -> Iterator[str]:
    """Values of an API's document that are a choice of several and name no list, or another one."""
    if isinstance(document, dict):
        words, named = document.get("enum"), document.get(CODE_LIST_KEYWORD)
        if isinstance(words, list) and frozenset(words) not in TECHNICAL:
            known = lists[str(named)].codes if named in lists else ()
            if not {*words} <= {*known}:
                yield f"{place}: {words} of {named}"
    for name, value in _parts(document):
        yield from unnamed_alternatives(value, lists, f"{place}/{name}")


def _parts(document: Any) -> Iterable[tuple[object, Any]]:
    if isinstance(document, dict):
        return document.items()
    return enumerate(document) if isinstance(document, list) else ()


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_choice_that_an_api_shows_names_its_list(path: Path) -> None:
    assert list(unnamed_alternatives(json.loads(path.read_text("utf-8")), shipped())) == []


@pytest.mark.requirement("X-14")
def test_every_enumeration_is_a_list() -> None:
    found = modules("services", "shared/privacy")

    assert list(unlisted_enumerations(found, shipped())) == []


def test_no_type_of_a_field_closes_an_open_list() -> None:
    found = modules("services", "shared/privacy")

    assert list(misplaced_enumerations(found, shipped())) == []


def test_every_code_that_a_command_takes_is_checked() -> None:
    assert list(unchecked_codes(modules("services"), shipped())) == []


def test_every_set_of_alternatives_is_a_list() -> None:
    found = [*modules("services"), *modules("shared/events")]

    assert list(unlisted_alternatives(found, shipped())) == []


def test_every_list_that_code_names_exists() -> None:
    assert list(unknown_lists(modules("services", "shared"), shipped())) == []


def test_every_list_can_be_shown() -> None:
    assert list(unfit_lists(shipped())) == []


# each guard notices a break -------------------------------------------------------------------

SIDES = CodeList(
    name="side",
    open=False,
    codes={"family": Code(ru="Семья", en="Family"), "guardian": Code(ru="Опекун", en="Guardian")},
)
BOTH = "    FAMILY = 'family'\n    GUARDIAN = 'guardian'"


@pytest.mark.parametrize(
    "text",
    [
        f"class Side(StrEnum):\n{BOTH}",
        f"class Side(CodeEnum, of='sides'):\n{BOTH}",
        "class Side(CodeEnum, of='side'):\n    FAMILY = 'family'",
        f"class Side(CodeEnum, of='side'):\n{BOTH}\n    HQ = 'hq'",
        "class Side(KnownCodes, of='side'):\n    HQ = 'hq'",
    ],
)
def test_an_enumeration_without_its_list_is_noticed(text: str) -> None:
    broken = Module("services/matching/values.py", text)

    assert len(list(unlisted_enumerations([broken], {"side": SIDES}))) == 1


@pytest.mark.parametrize(("base", "open_"), [("CodeEnum", True), ("KnownCodes", False)])
def test_an_enumeration_of_the_wrong_kind_of_list_is_noticed(base: str, open_: bool) -> None:
    broken = Module("services/matching/values.py", f"class Side({base}, of='side'):\n{BOTH}")
    lists = {"side": SIDES.model_copy(update={"open": open_})}

    assert len(list(misplaced_enumerations([broken], lists))) == 1
    assert list(unlisted_enumerations([broken], lists)) == []


@pytest.mark.parametrize(
    "text",
    [
        "class Ask(Command):\n    side: Code",
        "class Ask(Command):\n    side: Code | None = None",
        'class Ask(Command):\n    side: Literal["family", "hq"]',
        "class Ask(Command):\n    sides: list[Side]",
        'Asked = Literal["family", "hq"]',
    ],
)
def test_a_code_that_no_list_checks_is_noticed(text: str) -> None:
    sides = Module("services/matching/values.py", f"class Side(CodeEnum, of='side'):\n{BOTH}")
    broken = Module("services/matching/commands.py", text)
    retired = {"guardian": Code(ru="Опекун", en="Guardian", active=False)}
    lists = {"side": SIDES.model_copy(update={"codes": {**SIDES.codes, **retired}})}

    assert len(list(unchecked_codes([sides, broken], lists))) == 1


def test_a_code_that_its_list_checks_is_taken() -> None:
    text = "class Ask(Command):\n    side: Annotated[Side, Listed('side')]\n    to: Literal[True]"

    assert list(unchecked_codes([Module("services/matching/commands.py", text)], {})) == []


def test_alternatives_without_a_list_are_noticed() -> None:
    known = Module("services/matching/values.py", 'Side = Literal["guardian", "family"]')
    broken = Module("services/matching/commands.py", 'side: Literal["family", "hq"] | None')

    assert len(list(unlisted_alternatives([known, broken], {"side": SIDES}))) == 1


@pytest.mark.parametrize(
    "shown",
    [
        {"enum": ["family", "guardian"]},
        {"enum": ["family", "hq"], CODE_LIST_KEYWORD: "side"},
        {"enum": ["family"], CODE_LIST_KEYWORD: "sides"},
    ],
)
def test_a_choice_that_names_no_list_is_noticed(shown: dict[str, Any]) -> None:
    listed = {"enum": ["family"], CODE_LIST_KEYWORD: "side"}
    document = {"properties": {"side": {"anyOf": [shown, {"type": "null"}]}, "other": listed}}

    (found,) = unnamed_alternatives(document, {"side": SIDES})
    assert found.startswith("/properties/side/anyOf/0: ")


def test_a_list_that_does_not_exist_is_noticed() -> None:
    text = "from shared.reference.code_lists import Listed\nside: Annotated[str, Listed('sides')]"
    broken = Module("services/matching/commands.py", text)

    assert len(list(unknown_lists([broken], {"side": SIDES}))) == 1


@pytest.mark.parametrize(
    "codes",
    [
        {"family": Code(ru="Family", en="Family")},
        {"family": Code(ru="Семья", en="")},
        {"Family": Code(ru="Семья", en="Family")},
        {"family": Code(ru="Семья", en="Family"), "kin": Code(ru="Семья", en="Kin")},
    ],
)
def test_a_code_that_cannot_be_shown_is_noticed(codes: dict[str, Code]) -> None:
    broken = SIDES.model_copy(update={"codes": codes})

    assert len(list(unfit_lists({"side": broken}))) == 1


def test_a_list_that_stands_twice_is_noticed() -> None:
    again = SIDES.model_copy(update={"name": "party"})

    assert len(list(unfit_lists({"side": SIDES, "party": again}))) == 1


@pytest.mark.parametrize("name", [*INTERNAL, *PARTIAL])
def test_every_exception_is_still_needed(name: str) -> None:
    found = [node.name for each in modules("services") for node, _, _ in enumerations(each)]

    assert name in found


@pytest.mark.parametrize("name", UNLISTED)
def test_every_unlisted_code_is_still_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(UNLISTED, name)

    assert len(list(unchecked_codes(modules("services"), shipped()))) == 1
