"""Closed lists and ids of loans."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.ids import pattern

CaseId = Annotated[str, Field(pattern=pattern("req"))]


class LoanStatus(StrEnum):
    """Where the equipment is."""

    __list__ = "loan_status"

    LENT = "lent"
    RECALLED = "recalled"
    RETURNED = "returned"
