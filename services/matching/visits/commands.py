"""What comes in about a care visit."""

from services.matching.families.values import NeedId
from shared.api.models import Command, Text
from shared.domain import Moment


class RecordHelp(Command):
    """A help that was given."""

    need_id: NeedId
    given_at: Moment
    note: Text | None = None
