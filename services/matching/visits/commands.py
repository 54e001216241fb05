"""What comes in about a care visit."""

from typing import Annotated

from services.matching.families.values import NeedId
from shared.api.models import Command, Text
from shared.domain import Moment
from shared.reference.code_lists import Listed


class RecordHelp(Command):
    """A help that was given."""

    need_id: NeedId
    given_at: Moment
    note: Text | None = None


class CorrectHelp(Command):
    """What was written down wrongly about a help; `not_given` alone takes it back."""

    reason: Annotated[str, Listed("visit_correction_reason")]
    need_id: NeedId | None = None
    given_at: Moment | None = None
    not_given: bool = False
