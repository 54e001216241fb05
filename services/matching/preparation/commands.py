"""What comes in while a guardian is prepared."""

from typing import Annotated

from pydantic import Field

from services.matching.evidence.commands import PaperRef
from services.matching.guardians.values import Ref
from shared.api.models import Command
from shared.domain import Day
from shared.reference.code_lists import Listed


class RecordTraining(Command):
    """A completed training with its certificate."""

    course: Annotated[str, Listed("training_course")]
    completed_on: Day
    certificate_ref: PaperRef


class HoldInterview(Command):
    """The obligatory interview and its result; one that was not passed has a reason."""

    held_on: Day
    result: Annotated[str, Listed("interview_result")]
    reason: Annotated[str, Listed("guardian_rejection_reason")] | None = None


class HoldBriefing(Command):
    """The obligatory briefing."""

    held_on: Day


class SignParticipation(Command):
    """Which text the side that signs has read: its version and the hash that came with it."""

    template_version: Ref
    text_hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class TextQuery(Command):
    """Which version of the text; without one that which is signed today."""

    version: Ref | None = None
