"""The words of a template: what they may name, and what a person reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.notifications.templates.domain import Template
from services.notifications.templates.syntax import UnreadableText, fill, names, shown
from services.notifications.templates.values import (
    FEEDBACK_LINK,
    FIRST_NAME,
    FactKind,
    Phrases,
    RenderedText,
)


class UnfitWords(LookupError):
    """A message of another release: this one has no words for it, or asks for values it lacks."""


class Fault(NamedTuple):
    """Why words cannot be those of a template: a code, where, and what would be right."""

    code: str
    pointer: str
    known: tuple[str, ...] = ()


def variables(template: Template) -> frozenset[str]:
    """Return what the owner of the contact must give: all that is no fact, and the first name."""
    named = {name for text in template.wordings.values() for name in names(text)}
    greeted = {FIRST_NAME} if template.audience.owner else set()
    return frozenset(named | greeted) - {FEEDBACK_LINK, *template.facts}


def known_values(template: Template) -> frozenset[str]:
    """Return the values that a template's texts may name: the owner lets out no others."""
    link = {FEEDBACK_LINK} if template.form or template.opens else set()
    return variables(template) | {*template.facts} | link


def fault(template: Template, subject: str, texts: Mapping[str, str]) -> Fault | None:
    """Return why words do not fit a template; None when they do.

    They have a text for each of its variants; each shows what the release's text shows (a code, a
    date: what the message is for), and names no value that is not known at the moment of sending.
    """
    shipped = template.wordings
    if missing := sorted({*shipped} - {*texts}):
        return Fault("variant_missing", "/texts", tuple(missing))
    if unknown := sorted({*texts} - {*shipped}):
        return Fault("variant_unknown", f"/texts/{unknown[0]}", tuple(shipped))
    may, must = known_values(template), {each: shown(text) for each, text in shipped.items()}
    for pointer, text, needed, allowed in [
        ("/subject", subject, frozenset(), frozenset()),
        *((f"/texts/{each}", texts[each], must[each], may) for each in shipped),
    ]:
        try:
            named = names(text)
        except UnreadableText:
            return Fault("wording_unreadable", pointer)
        if named - allowed:
            code = "value_unknown" if allowed else "values_unused"
            return Fault(code, pointer, tuple(sorted(allowed)))
        if missed := sorted(needed - shown(text)):
            return Fault("value_missing", pointer, tuple(missed))
    return None


def previews(template: Template, phrases: Phrases) -> dict[str, str]:
    """Return each variant as a person would read it, with made-up values."""
    return sampled(template, phrases, {})


def sampled(template: Template, phrases: Phrases, other: Mapping[str, str]) -> dict[str, str]:
    """Return each variant with made-up values, some of them `other` ones."""
    samples = phrases.samples
    facts = {name: samples.facts[fact.kind] for name, fact in template.facts.items()}
    values = {name: samples.values[name] for name in variables(template) | {FEEDBACK_LINK}}
    now = datetime.fromisoformat(samples.facts[FactKind.MOMENT]).astimezone(ZoneInfo(samples.zone))
    return {
        variant: render(
            template,
            variant,
            phrases,
            now=now,
            facts=facts,
            districts=samples.districts,
            variables=values | dict(other),
            links=samples.links,
        ).text
        for variant in template.wordings
    }


def render(
    template: Template,
    variant: str,
    phrases: Phrases,
    *,
    now: datetime,
    facts: Mapping[str, str],
    districts: Mapping[str, str],
    variables: Mapping[str, str],
    links: Mapping[str, str],
    greets: bool = True,
) -> RenderedText:
    """Fill in a variant, for who reads it at a moment on the clocks of its region.

    `links` are the links and phones that the region's messages end with. Without `greets` it is a
    part of a message that has greeted already. Raises UnfitWords.
    """
    text = template.wordings[variant].strip()
    if missing := _missing(template, text, facts, variables):
        raise UnfitWords(template.name, *sorted(missing))
    said = {
        name: phrases.format_fact(fact.kind, facts.get(name), now, districts)
        for name, fact in template.facts.items()
    }
    body = fill(text, {**variables, **said})
    greeting = (
        [phrases.greet(variables.get(FIRST_NAME))] if template.audience.owner and greets else []
    )
    footer = [
        phrases.lines[code].format(value=links[code]) for code in template.lines if links.get(code)
    ]
    return RenderedText(subject=template.subject, text="\n".join([*greeting, body, *footer]))


def _missing(
    template: Template, text: str, facts: Mapping[str, str], variables: Mapping[str, str]
) -> frozenset[str]:
    """Return the values without which a text has a hole; no district has words of its own."""
    districts = {name for name, fact in template.facts.items() if fact.kind is FactKind.DISTRICT}
    unknown = names(text) - {*variables, *template.facts}
    return unknown | (shown(text) - {*variables, *facts, *districts})
