"""Every refusal that code can raise has Russian words, and every fact its words name is given."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.message_catalogue import KERNEL, ROOT, Catalogue
from tests.guards.code import modules
from tools.state_diagrams import aggregates

# Where the code stands among the arguments, and the facts that the error adds of itself.
RAISED = {
    "Invalid": (0, ()),
    "Unauthenticated": (0, ()),
    "Forbidden": (1, ("action",)),
    "IllegalStep": (0, ()),
    "PreconditionRequired": (0, ()),
    "RateLimited": (0, ("retry_after",)),
    "Unavailable": (0, ("retry_after",)),
    "PydanticCustomError": (0, ()),
}
# The authorizer's refusals go to the log; the gateway says 401 in its own words.
TOLD_TO_NOBODY = frozenset(
    f"shared/identity/{name}.py"
    for name in ("authorizer", "kms_signatures", "machine_tokens", "people_tokens")
)
NO_FACTS = frozenset({"next_steps", "pointer", "code", "retry_after"})


@dataclass(frozen=True)
class Refusal:
    """A place in the code that refuses something."""

    place: str
    code: str
    facts: frozenset[str]
    next_steps: tuple[str, ...]
    open_ended: bool
    of_field: bool


def catalogue_of(path: Path) -> str:
    """The catalogue that speaks for a module: the nearest above it."""
    for folder in path.relative_to(ROOT).parents:
        if (ROOT / folder / "problems.toml").is_file():
            return str(folder / "problems.toml")
    return KERNEL


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _texts(node: ast.AST | None) -> tuple[str, ...]:
    if not isinstance(node, ast.Tuple | ast.List):
        return ()
    return tuple(str(e.value) for e in node.elts if isinstance(e, ast.Constant))


def _refusal(call: ast.Call, place: str) -> Refusal | None:
    position, own = RAISED[_name(call)]
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    code = call.args[position] if len(call.args) > position else named.get("code")
    if not isinstance(code, ast.Constant):
        return None
    steps = named.get("next_steps")
    if steps is None and _name(call) == "IllegalStep" and len(call.args) > 1:
        steps = call.args[1]
    return Refusal(
        place=f"{place}:{call.lineno}",
        code=str(code.value),
        facts=frozenset(str(name) for name in named if name) - NO_FACTS | set(own),
        next_steps=_texts(steps),
        open_ended=None in named,
        of_field=_name(call) == "PydanticCustomError",
    )


def refusals(folder: str) -> Iterator[tuple[str, Refusal]]:
    """All refusals with a literal code, each with the catalogue that must know it."""
    for module in modules(folder):
        if module.path in TOLD_TO_NOBODY or not any(name in module.text for name in RAISED):
            continue
        for node in module.nodes:
            if isinstance(node, ast.Call) and _name(node) in RAISED:
                found = _refusal(node, module.path)
                if found is not None:
                    yield catalogue_of(ROOT / module.path), found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


ALL = [*refusals("shared"), *refusals("services")]
# The lists of steps of services whose people sign in by the kernel's own refusals.
SIGN_IN = [f"services/{name}/problems.toml" for name in ("cards", "intake", "matching")]
CATALOGUES = [ROOT / KERNEL, *sorted((ROOT / "services").rglob("problems.toml"))]


@pytest.mark.parametrize(("catalogue", "refusal"), ALL, ids=lambda each: getattr(each, "place", ""))
def test_a_refusal_has_words(catalogue: str, refusal: Refusal) -> None:
    texts = Catalogue(catalogue)
    if refusal.of_field and texts.field_text(refusal.code, {}) != texts.field_text("other", {}):
        return
    assert texts.text(refusal.code, 0, {})[0], f"[{refusal.code}] is missing in {catalogue}"
    for speaker in SIGN_IN if catalogue == KERNEL else (catalogue,):
        named = Catalogue(speaker)
        unlabelled = [step for step in refusal.next_steps if "title" not in named.step(step)]
        assert unlabelled == [], f"{named.step_list} has no such codes"
    if not refusal.open_ended:
        facts = dict.fromkeys(refusal.facts, "x")
        title, detail = texts.text(refusal.code, 409, facts)
        assert title and detail, f"{refusal.code} names a fact that is not given"


def test_each_step_that_a_policy_grants_has_a_label_to_offer_it_by() -> None:
    """A refusal offers every step of the present state that its caller may take."""
    nameless = []
    for kind in aggregates():
        service = kind.__module__.split(".")[1]
        folder = Path("services") / service
        granted = (ROOT / folder / "policy.cedar").read_text("utf-8")
        texts = Catalogue(str(folder / "problems.toml"))
        steps = {step for steps in kind.STEPS.values() for step in steps}
        nameless += [
            f"{service}: {kind.__name__}.{step}"
            for step in sorted(steps)
            if f'Action::"{step}' in granted and "title" not in texts.step(step)
        ]
    assert nameless == []


# Nobody reads letters to us; what is written into a field or a bot's chat is another matter.
WRITE_TO_SOMEBODY = re.compile(
    r"\bнапишите (или позвоните )?(нам|ему|ей|им|об этом|\w*(лидеру|штабу|менеджеру)"
    r"|в (штаб|поддержку|сообщество))\b",
    re.IGNORECASE,
)


def test_nobody_is_sent_to_write_to_somebody() -> None:
    """A step is one that its reader can take: an address stands in no text."""
    texts = [*(ROOT / "services").rglob("*.toml"), *(ROOT / "shared").rglob("*.toml")]
    found = {
        str(path.relative_to(ROOT)): said
        for path in texts
        if (said := [m[0] for m in WRITE_TO_SOMEBODY.finditer(path.read_text("utf-8"))])
    }
    assert found == {"services/notifications/phrases.toml": ["Напишите нам"]}, "«стоп» in a chat"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_catalogue_is_whole_and_russian(path: Path) -> None:
    for code, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if code == "next_steps":
            assert set(entry) == {"list"}
            texts = []
        elif code == "validation":
            texts = list(entry.values())
        else:
            assert set(entry) == {"title", "detail"}, code
            texts = [entry["title"], entry["detail"]]
        for text in texts:
            assert any("а" <= letter <= "я" for letter in text.lower()), text
            assert all(name.isidentifier() for name in placeholders(text)), text
