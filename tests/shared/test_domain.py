"""What the bases of every domain promise."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from shared.api.models import View
from shared.domain import (
    Code,
    Day,
    Deadline,
    Moment,
    Month,
    TimedAggregate,
    ValueObject,
    without_gaps,
)
from shared.errors import IllegalStep

ZONE = ZoneInfo("Asia/Yakutsk")
NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)


class Status(StrEnum):
    OPEN = "open"
    SHUT = "shut"


class Door(TimedAggregate):
    """A door that somebody is reminded of twice while it stands open."""

    STEPS: ClassVar = {Status.OPEN: {"shut": Status.SHUT, "knock": None}, Status.SHUT: {}}
    REFUSAL: ClassVar = "door_is_{status}"
    DEADLINES: ClassVar[tuple[Deadline, ...]] = (
        Deadline("reminder", lambda door, zone: door.opened_at + timedelta(hours=1)),
        Deadline("alarm", lambda door, zone: door.opened_at + timedelta(hours=2)),
        Deadline("never", lambda door, zone: None),
    )

    status: Status = Status.OPEN
    opened_at: datetime = NOON

    def shut(self) -> Self:
        self._require("shut")
        return self._with(status=Status.SHUT)


def test_a_step_is_refused_with_the_steps_that_are_allowed() -> None:
    shut = Door().shut()

    assert (Door().next_steps, shut.next_steps) == (("shut", "knock"), ())
    with pytest.raises(IllegalStep) as refused:
        shut.shut()
    assert (refused.value.code, refused.value.next_steps) == ("door_is_shut", ())
    assert refused.value.facts == {"status": "shut", "step": "shut"}


def test_a_step_that_a_caller_may_not_take_is_legal_and_not_offered() -> None:
    shown = Door().shown_to(lambda step: step == "knock")

    assert (shown.legal_steps, shown.next_steps) == (("shut", "knock"), ("knock",))
    assert shown.of_next("shut", "knock") == ("knock",)
    assert shown.of_next("shut") == ()


class Gate(Door):
    """A door whose two deadlines come at one moment."""

    DEADLINES: ClassVar = (
        Deadline("warning", lambda door, zone: NOON),
        Deadline("closing", lambda door, zone: NOON),
    )


def test_deadlines_of_one_moment_fire_in_the_order_of_their_table() -> None:
    assert Gate().due(NOON, ZONE) == ("warning", "closing")


def test_deadlines_fire_once_and_in_the_order_of_time() -> None:
    door = Door()

    assert door.next_deadline(ZONE) == NOON + timedelta(hours=1)
    assert door.due(NOON + timedelta(minutes=59), ZONE) == ()
    assert door.due(NOON + timedelta(hours=1), ZONE) == ("reminder",)
    assert door.due(NOON + timedelta(hours=3), ZONE) == ("reminder", "alarm")
    warned = door._fire("reminder")
    assert warned.due(NOON + timedelta(hours=3), ZONE) == ("alarm",)
    assert warned.next_deadline(ZONE) == NOON + timedelta(hours=2)
    assert warned._fire("alarm").next_deadline(ZONE) is None
    assert warned._rearm("reminder").next_deadline(ZONE) == NOON + timedelta(hours=1)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59Z", "2101-01-01T00:00:00Z"]
)
def test_a_moment_is_one_that_a_calendar_can_reckon_with(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_strings(text)


def test_a_moment_is_held_in_utc() -> None:
    assert TypeAdapter(Moment).validate_strings("2026-09-14T21:00:00+09:00") == NOON


@pytest.mark.parametrize("text", ["1950-01-01", "2999-01-01"])
def test_a_day_is_of_this_programme(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Day).validate_strings(text)


class Address(ValueObject):
    town: str
    note: str = ""


def test_a_value_is_not_changed_in_place_nor_shown_when_it_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        Address.model_validate({"town": ["Ямская"]})
    assert "Ямская" not in str(refused.value)
    with pytest.raises(ValidationError):
        setattr(Address(town="T"), "town", "U")  # noqa: B010


class Person(BaseModel):
    name: str
    address: Address
    secret: str


class AddressView(View):
    town: str


class PersonView(View):
    name: str
    address: AddressView
    age: int


def test_a_view_shows_what_it_shares_with_its_source_and_nothing_else() -> None:
    person = Person(name="A", address=Address(town="T", note="n"), secret="s")

    view = PersonView.of(person, age=3)

    assert view.model_dump() == {"name": "A", "address": {"town": "T"}, "age": 3}


@pytest.mark.parametrize(
    ("field", "first", "before", "last", "after"),
    [
        (Day, "2000-01-01", "1999-12-31", "2100-12-31", "2101-01-01"),
        (
            Moment,
            "2000-01-01T03:00:00+03:00", "1999-12-31T23:59:59Z",
            "2100-12-31T23:59:59.999999Z", "2101-01-01T00:00:00Z",
        ),
    ],
)  # fmt: skip
def test_days_and_moments_are_of_this_century(
    field: Any, first: str, before: str, last: str, after: str
) -> None:
    read = TypeAdapter(field).validate_python
    for taken in (first, last):
        assert read(taken) is not None
    for refused in (before, after):
        with pytest.raises(ValidationError):
            read(refused)


def test_a_moment_is_kept_in_utc() -> None:
    moment = TypeAdapter(Moment).validate_python("2026-11-30T15:00:00+03:00")

    assert moment.isoformat() == "2026-11-30T12:00:00+00:00"
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python("2026-11-30T15:00:00")


def test_gaps_of_every_kind_are_no_part_of_a_number() -> None:
    assert without_gaps("45 9\u00a019-31\u20110\u20133\u2014\u22124\t5") == "45919310345"
    assert without_gaps(45) == 45


@pytest.mark.parametrize("code", ["a", "A1", "1a", "_a", "a-b", "a b", "aб", "a" * 65, "ab\n"])
def test_a_code_is_a_plain_word(code: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Code).validate_python(code)


@pytest.mark.parametrize("month", ["1999-12", "2026-00", "2026-13", "2026-1", "2026-01-01"])
def test_a_month_is_one_of_this_century(month: str) -> None:
    assert TypeAdapter(Month).validate_python("2026-12") == "2026-12"
    with pytest.raises(ValidationError):
        TypeAdapter(Month).validate_python(month)
