"""What goes out about loans."""

from datetime import date

from shared.api.models import View


class LoanView(View):
    """A loan as the headquarters sees it."""

    case_id: str
    region: str
    item: str
    due_on: date
    status: str
    version: int
    next_steps: tuple[str, ...]
