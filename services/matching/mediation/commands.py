"""What comes in about a mediation."""

from typing import Annotated

from services.matching.matches.commands import ActingForSide
from shared.api.models import Command, Text
from shared.reference.code_lists import Listed


class RaiseConcern(ActingForSide):
    """What worries one side; the words are for the headquarters alone."""

    concern: Annotated[str, Listed("side_concern")]
    note: Text | None = None


class EndMediation(Command):
    """What came of the headquarters' talks."""

    result: Annotated[str, Listed("mediation_result")]
    note: Text | None = None
