"""Closed lists of preferences."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum

PersonId = Annotated[str, Field(min_length=2, max_length=64, pattern=r"^[A-Za-z0-9_.:\-]+$")]


class SetBy(CodeEnum, of="preferences_set_by"):
    """How a person has said what it prefers."""

    TOKEN = "token"
    LINK = "link"
    STAFF = "staff"
    WORD = "word"
    START_WORD = "start_word"
    COMPLAINT = "complaint"
