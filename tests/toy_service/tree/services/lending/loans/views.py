"""What goes out about loans."""

from datetime import date
from typing import Annotated

from services.lending.loans.values import LoanStatus
from shared.api.models import View
from shared.domain import CodeOf


class LoanView(View):
    """A loan as the headquarters sees it."""

    case_id: str
    region: str
    item: Annotated[str, CodeOf("equipment")]
    due_on: date
    status: LoanStatus
    version: int
    next_steps: tuple[Annotated[str, CodeOf("lending_step")], ...]
