"""The language of texts: Jinja2 in its sandbox, every value defined, and little of it allowed.

A text has places for values (`{{ number }}`), two filters, and `{% if %}`: it can neither loop nor
call nor reach into a value, so that an edited one can do no harm.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.notifications.templates.domain import Template
from services.notifications.templates.values import (
    FEEDBACK_LINK,
    FIRST_NAME,
    Phrases,
    RenderedText,
)

PLURAL, IN_CASE = "plural", "in_case"
# The parts of Jinja2's syntax that a text may have.
_ALLOWED = (
    "Template", "Output", "TemplateData", "Name", "Const", "Filter",
    "If", "Compare", "Operand", "And", "Or", "Not",
)  # fmt: skip


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


def variables(template: Template) -> frozenset[str]:
    """Return what the owner of the contact must give: all that is no fact, and the first name."""
    named = {name for text in template.wordings.values() for name in names(text)}
    greeted = {FIRST_NAME} if template.audience.owner else set()
    return frozenset(named | greeted) - {FEEDBACK_LINK, *template.facts}


def render(
    template: Template,
    variant: str,
    phrases: Phrases,
    *,
    zone: ZoneInfo,
    facts: Mapping[str, str],
    districts: Mapping[str, str],
    variables: Mapping[str, str],
    links: Mapping[str, str],
) -> RenderedText:
    """Fill in a variant; `links` are the links and phones that the region's messages end with."""
    values = dict(variables) | {
        name: phrases.format_fact(fact.kind, facts.get(name), zone, districts)
        for name, fact in template.facts.items()
    }
    body = fill(template.wordings[variant].strip(), values)
    greeting = [phrases.greet(variables.get(FIRST_NAME))] if template.audience.owner else []
    footer = [
        phrases.lines[code].format(value=links[code]) for code in template.lines if links.get(code)
    ]
    return RenderedText(subject=template.subject, text="\n".join([*greeting, body, *footer]))


def plural(number: str | int, one: str, few: str, many: str) -> str:
    """Return the form of a noun after a number: 1 день, 2 дня, 5 дней."""
    last_two = abs(int(number)) % 100
    last = last_two % 10
    if last == 1 and last_two != 11:
        return one
    return few if 2 <= last <= 4 and not 12 <= last_two <= 14 else many


def in_case(name: str, case: str) -> str:
    """Return a first name in a case (`dative` …); one of unknown gender as it is."""
    from pytrovich.detector import PetrovichGenderDetector
    from pytrovich.enums import Case, NamePart
    from pytrovich.maker import PetrovichDeclinationMaker

    detector: Any = PetrovichGenderDetector()
    gender = detector.detect(firstname=name)
    declined: str = PetrovichDeclinationMaker().make(
        NamePart.FIRSTNAME, gender, Case[case.upper()], name
    )
    return declined


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


class _Compiled(NamedTuple):
    template: Any
    names: frozenset[str]


@lru_cache(maxsize=1024)
def _compiled(text: str) -> _Compiled:
    from jinja2 import TemplateError, meta, nodes

    try:
        parsed = _environment().parse(text)
        template = _environment().from_string(parsed)
    except TemplateError as error:
        raise UnreadableText(str(error)) from None
    allowed = tuple(getattr(nodes, name) for name in _ALLOWED)
    if not all(isinstance(node, allowed) for node in parsed.find_all(nodes.Node)):
        raise UnreadableText("not allowed in a text")
    return _Compiled(template, frozenset(meta.find_undeclared_variables(parsed)))
