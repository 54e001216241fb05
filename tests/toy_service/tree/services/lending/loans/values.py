"""Closed lists and ids of loans."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared import ids

CaseId = Annotated[str, Field(pattern=ids.pattern("req"))]


class LoanStatus(StrEnum):
    """Where the equipment is."""

    __list__ = "loan_status"

    LENT = "lent"
    RECALLED = "recalled"
    RETURNED = "returned"
