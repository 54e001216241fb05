"""The language of texts: Jinja2 in its sandbox, every value defined, and little of it allowed.

A text has places for values (`{{ number }}`), two filters, and `{% if %}`: it can neither loop nor
call nor reach into a value, so that an edited one can do no harm, and what is accepted when it is
saved can be filled when it is sent, whatever the values are.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from services.notifications.templates.grammar import CASES, in_case, plural
from shared.api.json_guard import has_forbidden

PLURAL, IN_CASE = "plural", "in_case"
FORMS = 3
# The parts of Jinja2's syntax that a text may have.
_ALLOWED = (
    "Template", "Output", "TemplateData", "Name", "Const", "Filter",
    "If", "Compare", "Operand", "And", "Or", "Not",
)  # fmt: skip
_SHOWN = ("TemplateData", "Name", "Filter")
_ASKED = ("Name", "Compare", "And", "Or", "Not")
_EQUAL = ("eq", "ne")
# A comment would be shown to nobody; a brace in a word or after `raw` to everybody.
_NO_WORDS = re.compile(r"[{}]")


class UnreadableText(ValueError):
    """A text that is no text of this language."""


def fill(text: str, values: Mapping[str, object]) -> str:
    """Return a text with its values; one that is missing is an error: no text has a hole.

    Raises UnreadableText.
    """
    filled: str = _compiled(text).template.render(values)
    return filled


def names(text: str) -> frozenset[str]:
    """Return the names of the values that a text has places for; raises UnreadableText."""
    return _compiled(text).names


def shown(text: str) -> frozenset[str]:
    """Return the names of the values that a text shows in any case; raises UnreadableText."""
    return _compiled(text).shown


class _Compiled(NamedTuple):
    template: Any
    names: frozenset[str]
    shown: frozenset[str]


@cache
def _environment() -> Any:
    # Loaded when the first text is filled: most calls of the API fill none.
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    environment.globals.clear()
    environment.filters = {PLURAL: plural, IN_CASE: in_case}
    environment.tests = {}
    return environment


@lru_cache(maxsize=1024)
def _compiled(text: str) -> _Compiled:
    from jinja2 import TemplateError, nodes

    try:
        parsed = _environment().parse(text)
        _Checker(nodes).check(parsed)
        template = _environment().from_string(parsed)
    except (TemplateError, RecursionError) as error:
        raise UnreadableText(type(error).__name__) from None
    if "{#" in text:
        raise UnreadableText("a comment")
    named = frozenset(node.name for node in parsed.find_all(nodes.Name))
    return _Compiled(template, named, _shown_by(parsed.body, nodes))


class _Checker:
    """Refuses what is no part of the language."""

    def __init__(self, nodes: Any) -> None:
        self._nodes = nodes
        self._allowed = self._kinds(_ALLOWED)

    def check(self, parsed: Any) -> None:
        """Check each part of a text; raises UnreadableText."""
        for node in parsed.find_all(self._nodes.Node):
            if not isinstance(node, self._allowed) or not self._fits(node):
                raise UnreadableText(type(node).__name__)

    def _fits(self, node: Any) -> bool:
        match type(node).__name__:
            case "Output":
                return all(isinstance(each, self._kinds(_SHOWN)) for each in node.nodes)
            case "TemplateData":
                return not _NO_WORDS.search(node.data)
            case "Const":
                return self._is_word(node)
            case "If":
                return isinstance(node.test, self._kinds(_ASKED))
            case "Compare":
                return len(node.ops) == 1 and all(each.op in _EQUAL for each in node.ops)
            case "Filter":
                return self._is_form(node)
        return True

    def _is_form(self, node: Any) -> bool:
        """Whether a filter has a value, and words of its own to choose from."""
        if not isinstance(node.node, self._nodes.Name) or node.dyn_args or node.dyn_kwargs:
            return False
        if node.kwargs or not all(isinstance(each, self._nodes.Const) for each in node.args):
            return False
        given = [each.value for each in node.args]
        return len(given) == FORMS if node.name == PLURAL else given in [[case] for case in CASES]

    def _is_word(self, node: Any) -> bool:
        said = node.value
        return isinstance(said, str) and not _NO_WORDS.search(said) and not has_forbidden(said)

    def _kinds(self, wanted: Iterable[str]) -> tuple[type, ...]:
        return tuple(getattr(self._nodes, each) for each in wanted)


def _shown_by(body: Iterable[Any], nodes: Any) -> frozenset[str]:
    found = set[str]()
    for node in body:
        if isinstance(node, nodes.Output):
            found |= {each.name for each in node.nodes if isinstance(each, nodes.Name)}
            found |= {
                each.node.name
                for each in node.nodes
                if isinstance(each, nodes.Filter) and each.name == IN_CASE
            }
        elif isinstance(node, nodes.If):
            ways = [node.body, node.else_, *(each.body for each in node.elif_)]
            found |= frozenset.intersection(*(_shown_by(way, nodes) for way in ways))
    return frozenset(found)
