"""What services have told each other is understood for ever, and names nobody."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from infra.services import ROOT, service_names
from shared.events import base
from shared.events.base import (
    Event,
    UnknownEvent,
    from_cloud_event,
    leaving_fields,
)
from tools import event_catalogue, event_docs
from tools.event_samples import SAMPLES

EVENTS = list(event_catalogue.events())
RETENTION = sorted(SAMPLES.glob("*.json"))
PERSONAL = re.compile(
    r"(^|_)(address|answer|birth\w*|body|comment|contact|description|diagnosis|email|health|inn|mail"
    r"|message|name|note|passport|patronymic|phone|question|religion|snils|summary|surname"
    r"|tel(ephone)?|text|title)s?(_|$)"
)
# Codes about a family that stay inside, in events of the services that know families.
ABOUT_FAMILIES = ("community", "consultations", "intake", "matching", "notifications")
OF_ORGANISATIONS = ("PossibilitiesChanged", "ResourceOffered")
INSIDE = re.compile(
    r"need|categor|trait|condition|reason|group|size|language|preferred|purpose|confident|urgent|result"
    r"|outcome|channel$|score|motiv|severity|concern|initiated|decision|visitor|holder"
)
FOLDER = Path(base.__file__).parent
CODE = re.compile(r"[A-Za-z0-9_.:#-]{1,80}")


def untold(service: str) -> set[str]:
    """Name the events of a service that no README of it lists under *Tells*."""
    pages = (page.read_text("utf-8") for page in (ROOT / "services" / service).rglob("README.md"))
    told = "".join(page.partition("\n## Tells\n")[2].partition("\n## ")[0] for page in pages)
    own = (each.__name__ for each in EVENTS if each.detail_type().startswith(f"{service}."))
    return {*own} - {*re.findall(r"\w+", told)}


def smells(models: Iterable[type[BaseModel]]) -> Iterator[str]:
    """Fields whose names say that a person stands behind them; an id of a thing says nothing."""
    for model in models:
        for name in _names(model.model_json_schema()):
            if not name.endswith(("_id", "_ids")) and PERSONAL.search(name.lower()):
                yield f"{model.__name__}.{name}"


def _names(schema: dict[str, Any]) -> Iterator[str]:
    for part in (schema, *schema.get("$defs", {}).values()):
        yield from part.get("properties", {})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    if isinstance(value, str):
        yield value


@pytest.mark.parametrize("service", service_names())
def test_a_service_lists_every_event_that_it_tells(service: str) -> None:
    assert not untold(service)


def test_an_event_that_is_not_listed_is_noticed() -> None:
    assert "ConsultationHeld" in untold("consultations")


@pytest.mark.parametrize("path", RETENTION, ids=lambda path: path.stem)
def test_what_was_once_published_is_understood_for_ever(path: Path) -> None:
    body = json.loads(path.read_text(encoding="utf-8"))

    received = from_cloud_event(body, event_catalogue.by_type())

    assert f"{received.event.detail_type()}.v{received.event.version}" == path.stem
    assert received.subject == received.event.subject == body["subject"]


@pytest.mark.parametrize("path", RETENTION, ids=lambda path: path.stem)
def test_what_was_once_published_fits_its_schema(path: Path) -> None:
    schema = json.loads((event_docs.SCHEMAS / path.name).read_text(encoding="utf-8"))
    data = json.loads(path.read_text(encoding="utf-8"))["data"]

    Draft202012Validator(schema).validate(data)


def test_each_version_of_each_event_has_a_sample() -> None:
    """`make docs` writes a missing one; a sample that exists is never changed."""
    needed = {event_docs.schema_name(event) for event in EVENTS}

    assert needed - {path.name for path in RETENTION} == set()


def test_an_event_that_outgrew_its_samples_is_noticed() -> None:
    class CardIssued(Event):
        """An event that grew a field without a default."""

        service = "cards"
        card_id: str
        added_later: str

    old = json.loads((SAMPLES / "cards.CardIssued.v1.json").read_text(encoding="utf-8"))

    with pytest.raises(UnknownEvent):
        from_cloud_event(old, {CardIssued.detail_type(): CardIssued})


def test_each_event_is_about_an_id_and_told_by_the_service_of_its_module() -> None:
    subjects = {event.detail_type(): event.subject_field for event in EVENTS}

    assert [each for each in subjects.items() if not each[1].endswith("_id")] == []
    assert subjects["matching.MatchProposed"] == subjects["matching.MatchAccepted"] == "match_id"
    assert subjects["matching.WaitingFamiliesSuited"] == "opening_id"  # not its guardian's


@pytest.mark.requirement("X-08")
def test_no_event_has_a_field_for_personal_data() -> None:
    assert list(smells(EVENTS)) == []


def test_a_field_for_personal_data_is_noticed() -> None:
    class Inner(BaseModel):
        contact_phone: str

    class Outer(BaseModel):
        case_id: str
        people: tuple[Inner, ...]
        comment: str

    assert list(smells([Outer])) == ["Outer.comment", "Outer.contact_phone"]


@pytest.mark.parametrize("path", RETENTION, ids=lambda path: path.stem)
def test_events_carry_ids_and_codes_only(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))["data"]

    assert [text for text in _texts(data) if not CODE.fullmatch(text)] == []


def wrongly_leaving(events: Iterable[type[Event]]) -> Iterator[str]:
    """Events of which it is said wrongly what may leave to systems of others."""
    for event in events:
        leaving = leaving_fields(event)
        unknown = set(leaving) - set(event.model_fields)
        yield from (f"{event.detail_type()}: no field {each}" for each in sorted(unknown))
        if leaving and event.subject_field not in leaving:
            yield f"{event.detail_type()}: its subject {event.subject_field} leaves anyway"
        if event.service in ABOUT_FAMILIES and event.__name__ not in OF_ORGANISATIONS:
            yield from (f"{event.detail_type()}: {each}" for each in leaving if INSIDE.search(each))


def test_what_leaves_to_systems_of_others_are_fields_of_events_that_there_are() -> None:
    assert list(wrongly_leaving(EVENTS)) == []
    for path in FOLDER.glob("*.toml"):
        decided = tomllib.loads(path.read_text("utf-8"))
        declared = {event.__name__ for event in EVENTS if event.service == path.stem}
        assert decided.keys() <= declared, path.stem
        assert all(decided.values()), "an event that stays inside has no line"


def test_an_event_without_a_line_stays_inside_and_a_code_about_a_family_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class CareRequired(Event):
        """A family needs somebody."""

        service = "intake"
        subject_field = "case_id"
        case_id: str
        traits: tuple[str, ...]

    class NewThing(CareRequired):
        """It has no line in the table."""

    assert leaving_fields(NewThing) == ()
    table = {"CareRequired": ("traits", "colour")}
    monkeypatch.setattr("shared.events.base._leaving", lambda service: table)
    assert list(wrongly_leaving([CareRequired])) == [
        "intake.CareRequired: no field colour",
        "intake.CareRequired: its subject case_id leaves anyway",
        "intake.CareRequired: traits",
    ]


def test_every_event_says_in_one_line_what_has_happened() -> None:
    silent = [event.__name__ for event in EVENTS if not (event.__doc__ or "").strip()]

    assert silent == []


def test_names_on_the_bus_are_told_once() -> None:
    assert len(event_catalogue.by_type()) == len(EVENTS)
