"""What comes in and what goes out: the bases of commands, queries and views, and their fields."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from shared.domain import RegionCode, ValueObject
from shared.storage.repository import Slice


def line_feeds(text: object) -> object:
    """Return a text with the one line end: a form of a browser and Windows send two signs.

    It is done before the text is measured, as its writer counts it.
    """
    return text.replace("\r\n", "\n") if isinstance(text, str) else text


def _said(text: str) -> str:
    """Refuse a text of spaces alone: it says nothing."""
    if not text.strip():
        raise PydanticCustomError("string_too_short", "only spaces", {"min_length": 1})
    return text


Text = Annotated[
    str, Field(min_length=1, max_length=2000), BeforeValidator(line_feeds), AfterValidator(_said)
]


# Two numbers, or one and a name: without spaces they would be one.
_MORE_THAN_ONE = re.compile(
    r"(?s)№.*№|\d\s+[^\W\d]{2,}.*\d|\d\s+[^\W\d]{4,}|[А-ЯЁ][а-яё]+\s+[А-ЯЁ][а-яё.]"
)


def _as_filed(given: object) -> object:
    from shared.office_values import file_number  # only who names a file pays for it

    if isinstance(given, str) and _MORE_THAN_ONE.search(given):
        raise PydanticCustomError("bad_file_number", "more than a number")
    return file_number(given) if isinstance(given, str) else given


# The number of a personal file in one spelling, so that one person is one holder in each service.
# It has a digit, so that no name of a person is taken for one: all letters of «Комаров» look Latin.
_FILE_NUMBER = r"^[0-9A-Za-zА-ЯЁ_./-]*[0-9][0-9A-Za-zА-ЯЁ_./-]*$"


def _filed(number: str) -> str:
    if not re.fullmatch(_FILE_NUMBER, number) or not number.strip("0"):  # no file is number 0
        raise PydanticCustomError("bad_file_number", "not a number of a file")
    return number


FileNumber = Annotated[
    str,
    Field(min_length=1, max_length=64, json_schema_extra={"pattern": _FILE_NUMBER}),
    BeforeValidator(_as_filed),
    AfterValidator(_filed),
]


class Command(ValueObject, extra="forbid"):
    """An input: unknown fields are refused, and nothing refused is repeated."""


class Paging(Command, Slice):
    """Which slice of a list."""


class RegionQuery(Paging):
    """A slice of a region's list; a caller with one region need not name it."""

    region: RegionCode | None = Field(
        default=None, description="needed where the caller has several"
    )


class View(ValueObject, from_attributes=True):
    """An answer."""

    @classmethod
    def of(cls, source: object, **more: object) -> Self:
        """Show the fields shared with the source; `more` gives or overrides others."""
        own = {name: getattr(source, name) for name in cls.model_fields if name not in more}
        return cls.model_validate({**own, **more})


class PublicView(View):
    """An answer that every client may keep, though no longer than what it says is so.

    Without `fresh_seconds` time alone changes nothing of it.
    """

    fresh_seconds: int | None = Field(default=None, exclude=True)
