"""What the headquarters sees of a look at the waiting families."""

from datetime import datetime

from shared.api.models import View


class SecondLookView(View):
    """The families that a guardian suited when it became ready, those that wait longest first."""

    guardian_id: str
    looked_at: datetime | None
    case_ids: tuple[str, ...]
