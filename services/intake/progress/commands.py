"""What is asked about the progress of a request, and about the code that shows it."""

from typing import Annotated

from services.intake.requests.commands import SpokenCode, SpokenNumber
from shared.api.models import Command
from shared.reference.code_lists import Listed


class AskStatus(Command):
    """The number and the code that were given when the request was registered."""

    number: SpokenNumber
    code: SpokenCode


class RenewCode(Command):
    """How headquarters knows that it was this family that asked for another code."""

    evidence: Annotated[str, Listed("request_evidence")]
