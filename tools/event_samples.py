"""Keeps a sample of every version of every event: tests/contracts/samples/<event>.v<n>.json.

`python -m tools.event_samples` writes the samples that are missing and never touches one that is
there: what was once published must be understood for ever.
"""

import json
import sys
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from infra.services import ROOT
from shared.events.base import Event, to_cloud_event
from tools import event_catalogue, generated
from tools.event_docs import schema_name

SAMPLES = ROOT / "tests" / "contracts" / "samples"
MOMENT = datetime(2026, 10, 5, 7, 30, tzinfo=UTC)
ULID = "01K6T8QZ4V3N9W5X7Y2ABCDEFG"
PREFIXES = {
    "case": "cas",
    "request": "req",
    "card": "crd",
    "check": "chk",
    "form": "fbk",
    "need": "ned",
    "offer": "ofr",
}
TEXTS = {
    "region": "ZR",
    "programme": "family_care",
    "district_id": "D03",
    "district_ids": "D03",
    "month": "2026-10",
    "issued_month": "2026-10",
    "category": "food_aid",
    "categories": "food_aid",
    "holder_ref": f"hld_{ULID}",
    "reference": f"cas_{ULID}",
    "code_expires_on": "2026-11-04",
    "from_date": "2026-11-01",
    "to_date": "2026-11-30",
    "last_day": "2026-11-30",
}


def sample(event: type[Event]) -> str:
    """One event as it travels, with every field filled."""
    body = to_cloud_event(
        event.model_validate(filled(event)),
        event_id=f"evt_{ULID}_0",
        time=MOMENT,
        sequence=17,
        correlation_id=f"cor_{ULID}",
        causation_id=f"evt_{ULID}_1",
    )
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False) + "\n"


def filled(model: type[BaseModel]) -> Mapping[str, Any]:
    """Return values for every field of a model."""
    return {name: _value(name, field.annotation) for name, field in model.model_fields.items()}


def _value(name: str, kind: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return inner[0]
    if origin in (Union, types.UnionType):
        return _value(name, next(each for each in inner if each is not type(None)))
    if origin in (tuple, list):
        return [_value(name, inner[0])]
    if origin is dict:
        return {f"some_{name}": _value(name, inner[1])}
    if issubclass(kind, BaseModel):
        return filled(kind)
    if issubclass(kind, Enum):
        return next(iter(kind)).value
    plain = {bool: True, int: 1, float: 1.5, datetime: MOMENT, date: MOMENT.date()}
    return plain[kind] if kind in plain else _text(name)


def _text(name: str) -> str:
    if name in TEXTS:
        return TEXTS[name]
    if name.endswith(("_id", "_ids")):
        about = name.rpartition("_")[0]
        return f"{PREFIXES.get(about, about[:3])}_{ULID}"
    return f"some_{name}"


def documents() -> generated.Documents:
    """Return the samples that are missing."""
    made = ((SAMPLES / schema_name(event), event) for event in event_catalogue.events())
    return {path: sample(event) for path, event in made if not path.exists()}


if __name__ == "__main__":
    sys.exit(generated.run(documents()))
