"""What comes in about a call."""

from typing import Annotated

from services.matching.follow_ups.values import FollowUpKind
from shared.api.models import Command, Text
from shared.domain import Moment
from shared.reference.code_lists import Listed


class RecordCall(Command):
    """A call to the family, and what was said; made now unless `called_at` says when."""

    kind: FollowUpKind
    called_at: Moment | None = None
    result: Annotated[str, Listed("follow_up_result")]
    note: Text | None = None


class CorrectCall(Command):
    """What was wrong in the record of the last call of a kind; `not_made` alone takes it back."""

    reason: Annotated[str, Listed("call_correction_reason")]
    called_at: Moment | None = None
    result: Annotated[str, Listed("follow_up_result")] | None = None
    not_made: bool = False
