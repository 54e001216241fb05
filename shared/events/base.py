"""Facts that services tell each other, and the CloudEvents 1.0 body they travel in.

An event carries ids, reference-data codes and the region: never a name, a contact, an address or
free text. Fields are only ever added; a breaking change is a new event name.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json

from shared import clock
from shared.data_files import read_toml
from shared.domain import EARLIEST, LATEST

MAX_DETAIL_BYTES = 16 * 1024
# Ids become parts of keys.
LONGEST_NAME = 256
# A sequence becomes part of a key, too, with so many digits at most.
HIGHEST = 10**12


class Event(BaseModel):
    """Something that has happened to one aggregate; the service of its module publishes it.

    Its first field is the id of that aggregate, unless it names another as `subject_field`.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True
    )

    service: ClassVar[str]
    version: ClassVar[int] = 1
    subject_field: ClassVar[str]

    region: str
    programme: str | None = None

    @classmethod
    def __pydantic_init_subclass__(cls, **more: Any) -> None:
        """Read from an event's module and fields whose it is and what it is about."""
        if not hasattr(cls, "service"):
            cls.service = cls.__module__.rpartition(".")[2].partition("_")[0]
        if not hasattr(cls, "subject_field"):
            cls.subject_field = next(name for name in cls.model_fields if name not in _OF_ALL)

    @classmethod
    def detail_type(cls) -> str:
        """Return the name on the bus, e.g. `matching.MatchProposed`."""
        return f"{cls.service}.{cls.__name__}"

    @property
    def subject(self) -> str:
        """The id of the aggregate this happened to."""
        return str(getattr(self, self.subject_field))


_OF_ALL = frozenset(Event.model_fields)

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Received(Generic[E]):
    """An event as a consumer holds it.

    `sequence` grows with every event of the same `subject`; it orders projections and nothing else.
    """

    event: E
    id: str
    time: datetime
    sequence: int
    subject: str
    correlation_id: str


class UnknownEvent(Exception):
    """A message that is no event we know: it is set aside, never retried."""


def to_cloud_event(
    event: Event,
    *,
    event_id: str,
    time: datetime,
    sequence: int,
    correlation_id: str,
    causation_id: str | None,
    only: Collection[str] | None = None,
) -> str:
    """Return the JSON body of one event, the same on the bus and in a queue.

    With `only` these fields of it leave, under the schema of no document.
    """
    kept = None if only is None else {"region", "programme", *only}
    schema = f"/events/{event.detail_type()}.v{event.version}.json" if only is None else None
    body: dict[str, Any] = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/ryadom/{event.service}",
        "type": event.detail_type(),
        "time": clock.iso(time),
        "subject": event.subject,
        "datacontenttype": "application/json",
        "dataschema": schema,
        "region": event.region,
        "programme": event.programme,
        "sequence": str(sequence),
        "correlationid": correlation_id,
        "causationid": causation_id,
        "data": event.model_dump(mode="json", include=kept),
    }
    text = to_json({k: v for k, v in body.items() if v is not None})
    if len(text) > MAX_DETAIL_BYTES:
        raise ValueError(f"{event.detail_type()} is larger than {MAX_DETAIL_BYTES} bytes")
    return text.decode()


def from_cloud_event(body: Any, known: Mapping[str, type[Event]]) -> Received[Any]:
    """Return the event in a bus message's detail; raises UnknownEvent for one not in `known`."""
    try:
        if body["type"] not in known:
            raise UnknownEvent("an unknown type")
        return Received(
            event=known[body["type"]].model_validate(body["data"]),
            id=_name(body["id"]),
            time=_moment(body["time"]),
            sequence=_number(body["sequence"]),
            subject=_name(body["subject"]),
            correlation_id=_name(body["correlationid"]),
        )
    except KeyError as missing:
        raise UnknownEvent(f"missing field {missing}") from None
    except (TypeError, ValueError) as error:
        raise UnknownEvent(type(error).__name__) from None


def leaving_fields(event: type[Event]) -> tuple[str, ...]:
    """Return the fields of an event that may leave to systems of others; none when it may not."""
    return tuple(_leaving(event.service).get(event.__name__, ()))


@cache
def _leaving(service: str) -> dict[str, list[str]]:
    path = Path(__file__).with_name(f"{service}.toml")
    return read_toml(path) if path.is_file() else {}


def modules_of(service: str) -> Iterator[ModuleType]:
    """Yield the modules of events of a service: `X.py`, and `X_<subject>.py` of a large one."""
    from pkgutil import iter_modules

    for module in sorted(found.name for found in iter_modules([str(Path(__file__).parent)])):
        if module == service or module.startswith(f"{service}_"):
            yield import_module(f"shared.events.{module}")


def _moment(value: Any) -> datetime:
    """Return a moment of some zone, around which there is room for a calendar's arithmetic."""
    found = clock.parse(value)
    if found.utcoffset() is None or not EARLIEST <= found.date() <= LATEST:
        raise ValueError("no moment of ours")
    return found


def _number(value: Any) -> int:
    found = int(value)
    if not 0 <= found < HIGHEST:
        raise ValueError("not a place in a sequence")
    return found


def _name(value: Any) -> str:
    if not (isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isascii()):
        raise TypeError("not a name")
    return value


class CodeAsked(BaseModel, defer_build=True):
    """What services say of a code to sign in, no event itself; it ends at `expires_at`.

    `known` says whether a person has the contact: otherwise nothing is sent. `use` is what the code
    is good for.
    """

    sign_in_id: str
    known: bool
    use: str
    expires_at: str
