"""What goes out about a reading."""

from datetime import datetime
from typing import Annotated

from shared.api.models import View
from shared.domain import CodeOf

EVIDENCE = ("request_evidence", "match_evidence", "card_evidence")


class ReadingView(View):
    """Who read something about a person: when, in which role, what, by which right.

    A `record` that has no code is shown by its id, as is `evidence` that is a device or a link.
    """

    at: datetime
    role: Annotated[str, CodeOf("acting_role")]
    purpose: Annotated[str, CodeOf("reading_purpose")]
    record: Annotated[str, CodeOf("read_record")] | str
    fields: tuple[Annotated[str, CodeOf("read_field")] | str, ...]
    evidence: Annotated[str, CodeOf(*EVIDENCE)] | str | None
