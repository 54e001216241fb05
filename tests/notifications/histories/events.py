"""Events of all kinds that notifications hears, with values that some text or rule asks for."""

import types
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, Union, get_args, get_origin

from services.notifications.templates.domain import OTHER
from services.notifications.templates.repository import Templates
from services.notifications.work_items.endings import ENDED_BY
from shared import clock
from shared.events.base import Event
from tests.notifications.histories.people import OWNED, People
from tools.event_catalogue import by_type
from tools.event_samples import filled

TEMPLATES = Templates.connect()
# To people, from other services: its own come by themselves.
OF_PEOPLE = sorted(
    {
        each.event_type
        for each in TEMPLATES.by_name.values()
        if each.audience.owner and not each.event_type.startswith("notifications.")
    }
)
SMALL = sorted({each.event_type for each in TEMPLATES.by_name.values() if each.small})
SPELLED = {"true": True, "false": False, "none": None, "[]": [], "some": ["D01"]}
IN_HOURS, IN_DAYS = (-5, 1, 10, 24, 72, 400), (0, 1, 7, 30)


@cache
def values() -> dict[tuple[str, str], list[str]]:
    """The values of each event's fields that texts and rules tell apart."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event, field, value in (*_of_templates(), *_of_endings()):
        found[event, field].add(value)
    return {key: sorted(each) for key, each in found.items()}


def _of_templates() -> Iterator[tuple[str, str, str]]:
    for each in TEMPLATES.by_name.values():
        chosen = [(each.by, text) for text in (*each.texts, *each.silent) if each.by]
        unlike = [(name, value) for name, said in each.unless.items() for value in said]
        for name, value in (*chosen, *each.only.items(), *each.urgent_when.items(), *unlike):
            if name and value != OTHER:
                yield each.event_type, name, value
        for line in each.outdated_by:
            for name, value in (*line.only.items(), *line.unless.items()):
                yield line.event, name, value


def _of_endings() -> Iterator[tuple[str, str, str]]:
    for line in (each for lines in ENDED_BY.values() for each in lines):
        for event in line.events:
            for name, value in line.only.items():
                yield event.detail_type(), name, value


def event_of(kind: str, people: People, chance: Random, now: datetime, **said: Any) -> Event | None:
    """An event of a kind about somebody; None where its values do not fit together."""
    event, about = by_type()[kind], chance.choice(people.known)
    made = {
        name: _value(kind, name, field.annotation, sample, about, chance, now)
        for (name, field), sample in zip(
            event.model_fields.items(), filled(event).values(), strict=True
        )
        if field.is_required() or chance.random() < 0.7
    }
    try:
        found = event.model_validate(made | {"region": about["region"]} | said)
    except ValueError:
        return None
    if event.service in OWNED:
        for name, value in found.model_dump(mode="json").items():
            if name.endswith("_id") and isinstance(value, str):
                people.whose.setdefault(value, about[f"{OWNED[event.service]}_id"])
    return found


def _value(
    kind: str,
    name: str,
    annotation: Any,
    sample: Any,
    about: dict[str, str],
    chance: Random,
    now: datetime,
) -> Any:
    optional = get_origin(annotation) in (Union, types.UnionType)
    kinds = get_args(annotation) if optional else (annotation,)
    if optional and chance.random() < 0.2:
        return None
    known = values().get((kind, name), [])
    if name in about:
        return about[name]
    if known and bool not in kinds and chance.random() < 0.85:
        said = chance.choice(known)
        return int(said) if int in kinds else SPELLED.get(said, said)
    if name.endswith("_id") and name != "district_id" and isinstance(sample, str):
        return f"{sample.partition('_')[0]}_{chance.randrange(9):026d}"
    hour, day = timedelta(hours=chance.choice(IN_HOURS)), timedelta(days=chance.choice(IN_DAYS))
    plain = {bool: chance.random() < 0.5, datetime: now + hour, date: (now + day).date()}
    plain |= {int: chance.randrange(12)}
    for each in kinds:
        if each in plain:
            return plain[each]
    if name.endswith("_at") or name == "until":
        return clock.iso(now + hour)
    days = name.endswith(("_on", "_day")) or name in ("day", "confirm_by", "valid_until")
    return f"{(now + day).date()}" if days else sample
