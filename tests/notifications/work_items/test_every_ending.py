"""Every kind of work that a template asks for, ended by every deed that the table names.

The deed is told after the request, before it, and twice: the work is done either way.
"""

import types
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple, Union, get_args, get_origin

import pytest

from services.notifications.templates.domain import Template
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import Audience, FactKind
from services.notifications.work_items.endings import ENDED_BY, OF_FAMILY
from services.notifications.work_subjects.ended_by import EndedBy
from shared.events.base import Event
from shared.events.notifications import GUARDIAN_FEEDBACK
from tests.notifications.fakes import NotificationsHarness
from tests.support.world import at
from tools.event_catalogue import by_type
from tools.event_samples import filled

OF_SUBJECT = {
    "family_id": "family",
    "guardian_id": "guardian",
    "card_id": "holder",
    "living_card_id": "holder",
    "volunteer_id": "volunteer",
    "partner_id": "partner",
}
# A record of a merged family is a family to who asks for work about it.
OF_RECORD = {"record_id": "family_id"}
DAY = "2026-11-04T00:00:00Z"
ASKING = tuple(Templates.connect().by_name.values())
# By night nobody is written to meanwhile, which is no matter of this test.
NOW = at("2026-09-14 22:30")


class Pair(NamedTuple):
    """A request for work, and a deed that ends it."""

    template: str
    asked: Event
    deed: Event


def spelled(event: type[Event], field: str, text: str) -> Any:
    """A value of a field, from the way in which templates and endings spell it."""
    kind = event.model_fields[field].annotation
    kinds = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    if text == "none" and type(None) in kinds:
        return None
    if any(get_origin(each) in (tuple, list) for each in kinds):
        return [] if text in ("none", "[]") else filled(event)[field]
    return text == "true" if bool in kinds else int(text) if int in kinds else text


def asked_for(template: Template, line: EndedBy, number: int) -> Event | None:
    """An event that asks for the work, about a subject of its own by the field of the ending."""
    event = by_type()[template.event_type]
    subject = OF_RECORD.get(line.about, line.about)
    by_hq = template.kind in OF_FAMILY and template.audience is Audience.HQ
    of_family = by_hq and subject == "family_id"
    if not of_family and not {subject, "reference"} & {*template.reference_fields}:
        return None
    said = dict(filled(event)) | {"region": "ZR"}
    said |= {
        name: f"{str(value).partition('_')[0]}_{number:026d}"
        for name, value in said.items()
        if name.endswith("_id") and isinstance(value, str) and name != "district_id"
    }
    days = [each.field for each in template.facts.values() if each.kind is FactKind.DAY]
    days += [template.due] if template.due else []
    said |= {name: DAY for name in days if str(said.get(name)) == f"some_{name}"}
    if template.expires:
        said[template.expires] = DAY
    for field in template.reference_fields:
        if field == subject or subject not in template.reference_fields:
            break
        said[field] = None
    said |= {field: spelled(event, field, text) for field, text in template.only.items()}
    said |= {name: False for name in template.unless if said[name] is True}
    if template.by and template.by != "audience":
        not_of_it = {"other", GUARDIAN_FEEDBACK} if of_family else {"other"}
        variant = next((each for each in template.texts if each not in not_of_it), "other")
        if variant != "other":
            said[template.by] = spelled(event, template.by, variant)
    if subject not in template.reference_fields and "reference" in event.model_fields:
        said["reference"] = f"{subject[:3]}_{number:026d}"
        said["audience"] = OF_SUBJECT[subject]
    if template.kind in OF_FAMILY and not of_family and "family_id" in said:
        said["family_id"] = None
    try:
        made = event.model_validate(said)
    except ValueError:
        return None
    facts = made.model_dump(mode="json")
    about_nobody = subject in facts and facts[subject] is None
    return None if about_nobody or template.variant(facts) is None else made


def deed_for(kind: str, line: EndedBy, event: type[Event], asked: Event) -> Event:
    """An event that ends the work about the subject of its request."""
    subject = OF_RECORD.get(line.about, line.about)
    about = subject if subject in type(asked).model_fields else "reference"
    said = dict(filled(event)) | {"region": "ZR", line.about: getattr(asked, about)}
    # The deed may ask for other work, that is due by a day of its own.
    said |= {
        each.due: DAY for each in ASKING if each.event_type == event.detail_type() and each.due
    }
    said |= {name: spelled(event, name, text) for name, text in line.only.items()}
    if line.detail and line.detail in type(asked).model_fields:
        said[line.detail] = getattr(asked, line.detail)
    return event.model_validate(said)


def number_of(event: Event) -> str:
    """The number in the ids of an event that asks."""
    ids = (value for name, value in event if name.endswith("_id") and "0000" in str(value))
    return str(next(ids)).rpartition("_")[2]


def pairs() -> Iterator[Pair]:
    """Every request with every deed that may end it."""
    number = 0
    for template in Templates.connect().by_name.values():
        for line in ENDED_BY.get(template.kind or "", ()):
            if template.kind in OF_FAMILY and line.about == "case_id":
                continue
            if line.role not in (None, template.audience.reader):
                continue
            for event in line.events:
                number += 1
                asked = asked_for(template, line, number)
                if asked is not None:
                    yield Pair(
                        template.name, asked, deed_for(template.kind or "", line, event, asked)
                    )


@pytest.mark.parametrize("late", [False, True], ids=["in order", "the deed first"])
def test_every_deed_ends_the_work_it_is_the_end_of(
    harness: NotificationsHarness, late: bool
) -> None:
    found, bodies = list(pairs()), list[tuple[str, str]]()
    harness.world.set_time(NOW)
    for each in found:
        asked = harness.body(each.asked, time=NOW)
        bodies.append((asked, harness.body(each.deed, time=NOW + timedelta(minutes=5))))
    first, second = (1, 0) if late else (0, 1)
    harness.deliver(*(body[first] for body in bodies))
    harness.deliver(*(body[second] for body in bodies for _ in range(2)))

    asked_about = {(each.template, number_of(each.asked)) for each in found}
    waiting = {
        (one["template"], one["reference"].rpartition("_")[2])
        for one in harness.docs("WORK_ITEM")
        if one["status"] != "done"
    }
    assert asked_about & waiting == set()
    done = [one for one in harness.docs("WORK_ITEM") if one["status"] == "done"]
    assert {one["ended_by"] for one in done} <= {each.deed.detail_type() for each in found}
    assert {(one["done_reason"], one["done_by"]) for one in done} == {
        ("done", "system:notifications")
    }
    assert {each.template for each in found} >= ended_by_a_deed()


def ended_by_a_deed() -> set[str]:
    """The requests for work of a kind that some deed ends."""
    return {each.name for each in Templates.connect().by_name.values() if each.kind in ENDED_BY}
