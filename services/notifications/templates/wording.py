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


class Fault(NamedTuple):
    """Why words cannot be those of a template: a code, where, and what would be right."""

    code: str
    pointer: str
    known: tuple[str, ...] = ()


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


def known_values(template: Template) -> frozenset[str]:
    """Return the values that a template's texts may name: the owner lets out no others."""
    link = {FEEDBACK_LINK} if template.form else set()
    return variables(template) | {*template.facts} | link


def fault(template: Template, subject: str, texts: Mapping[str, str]) -> Fault | None:
    """Return why words do not fit a template; None when they do.

    They have a text for each of its variants; each names what the release's text names (a code, a
    date: what the message is for), and no value that is not known at the moment of sending.
    """
    shipped = template.wordings
    if missing := sorted({*shipped} - {*texts}):
        return Fault("variant_missing", "/texts", tuple(missing))
    if unknown := sorted({*texts} - {*shipped}):
        return Fault("variant_unknown", f"/texts/{unknown[0]}", tuple(shipped))
    may, must = known_values(template), {each: names(text) for each, text in shipped.items()}
    for pointer, text, needed, allowed in [
        ("/subject", subject, frozenset(), frozenset()),
        *((f"/texts/{each}", texts[each], must[each], may) for each in shipped),
    ]:
        try:
            named = names(text)
        except UnreadableText:
            return Fault("wording_unreadable", pointer)
        if named - allowed:
            return Fault("value_unknown", pointer, tuple(sorted(allowed)))
        if needed - named:
            return Fault("value_missing", pointer, tuple(sorted(needed - named)))
    return None


def previews(template: Template, phrases: Phrases) -> dict[str, str]:
    """Return each variant as a person would read it, with made-up values."""
    samples = phrases.samples
    facts = {name: samples.facts[fact.kind] for name, fact in template.facts.items()}
    values = {name: samples.values[name] for name in variables(template) | {FEEDBACK_LINK}}
    return {
        variant: render(
            template,
            variant,
            phrases,
            zone=ZoneInfo(samples.zone),
            facts=facts,
            districts=samples.districts,
            variables=values,
            links=samples.links,
        ).text
        for variant in template.wordings
    }


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
    greets: bool = True,
) -> RenderedText:
    """Fill in a variant; `links` are the links and phones that the region's messages end with.

    Without `greets` it is a part of a message that has greeted already.
    """
    values = dict(variables) | {
        name: phrases.format_fact(fact.kind, facts.get(name), zone, districts)
        for name, fact in template.facts.items()
    }
    body = fill(template.wordings[variant].strip(), values)
    greeting = (
        [phrases.greet(variables.get(FIRST_NAME))] if template.audience.owner and greets else []
    )
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
