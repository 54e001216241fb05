"""What a request is named by, and how far it has come.

What people spell is refused with an example of what is right.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.domain import CodeEnum
from shared.ids import pattern

RequestId = Annotated[str, Field(pattern=pattern("req"))]
RequestNumber = Annotated[str, Field(pattern=r"^[0-9]{8}$")]
_MONTH, _NUMBER, _CODE = r"^(19|20)\d\d-(0[1-9]|1[0-2])$", r"^[0-9]{8}$", r"^[0-9]{6}$"


def _month(text: str) -> str:
    if not re.fullmatch(_MONTH, text, re.ASCII):
        raise PydanticCustomError("bad_month_of_birth", "no month")
    return text


def _number(text: str) -> str:
    if not re.fullmatch(_NUMBER, text):
        raise PydanticCustomError("bad_request_number", "no number of a request")
    return text


def _code(text: str) -> str:
    if not re.fullmatch(_CODE, text):
        raise PydanticCustomError("bad_request_code", "no code of a request")
    return text


MonthOfBirth = Annotated[str, Field(json_schema_extra={"pattern": _MONTH}), AfterValidator(_month)]
# As a family reads them aloud, or types them from a note.
SpokenNumber = Annotated[
    str, Field(json_schema_extra={"pattern": _NUMBER}), AfterValidator(_number)
]
SpokenCode = Annotated[str, Field(json_schema_extra={"pattern": _CODE}), AfterValidator(_code)]


class RequestStatus(CodeEnum, of="request_status"):
    """Whether a request is already part of a case, or never will be."""

    RECEIVED = "received"
    JOINED = "joined"
    ENDED = "ended"
