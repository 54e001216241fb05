"""The number of a paper as people write it: one spelling, by which the paper is known again."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

# It has a digit, so that no name of a person is taken for one: all letters of «Комаров» look Latin.
SIGNS = r"0-9A-ZА-ЯЁ_.:/\-"
NUMBER = re.compile(rf"[{SIGNS}]*[0-9][{SIGNS}]*")


def _number(given: str) -> str:
    from shared.office_values import file_number  # only who names a paper pays for it

    number = file_number(given)
    if NUMBER.fullmatch(number) is None:
        raise PydanticCustomError("paper_ref_wrong", "no number of a paper")
    return number


PaperRef = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_number)]
