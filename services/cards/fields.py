"""Kinds of fields that several forms of cards share, each with its limits."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from shared.office_values import identifier

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)

Region = Annotated[str, Field(min_length=1, max_length=16)]
District = Annotated[str, Field(min_length=1, max_length=16)]
# Calendar arithmetic around such a day stays within what a date can hold.
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
CardId = Annotated[str, Field(pattern=r"^crd_[0-9A-HJKMNP-TV-Z]{26}$")]
# One spelling of the office's number, so that one person is one holder.
HolderRef = Annotated[
    str,
    BeforeValidator(lambda given: identifier(given) if isinstance(given, str) else given),
    Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+$"),
]
Reference = Annotated[
    str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-zА-Яа-яЁё_./-]+$")
]
Cursor = Annotated[str | None, Field(max_length=2000)]
