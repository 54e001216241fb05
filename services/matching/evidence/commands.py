"""The number of a paper as people write it: one spelling, by which the paper is known again."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

# With Cyrillic letters it has a digit, so that no name of a person is taken for a number.
SIGNS = r"0-9A-Z_.:/\-"
NUMBER = re.compile(rf"[{SIGNS}]+|[{SIGNS}А-ЯЁ]*[0-9][{SIGNS}А-ЯЁ]*")


def _number(given: str) -> str:
    from shared.office_values import file_number  # only who names a paper pays for it

    number = file_number(given)
    if NUMBER.fullmatch(number) is None:
        raise PydanticCustomError("paper_ref_wrong", "no number of a paper")
    return number


PaperRef = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_number)]
