"""Closed lists and ids of loans."""

from typing import Annotated

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

CaseId = Annotated[str, Field(pattern=pattern("cas"))]


class LoanStatus(CodeEnum, of="loan_status"):
    """Where the equipment is."""

    LENT = "lent"
    RECALLED = "recalled"
    RETURNED = "returned"
