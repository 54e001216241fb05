"""What comes in about preferences."""

from typing import Annotated

from pydantic import Field

from services.notifications.templates.values import OptionalNews
from shared.api.models import Command
from shared.privacy.contact import Channel
from shared.reference.code_lists import Listed


class SetPreferences(Command):
    """The whole set: channels in order, kinds of news that are not wanted, one message a day."""

    channels: list[Channel] = Field(default=[], max_length=len(Channel))
    unwanted: list[OptionalNews] = Field(default=[], max_length=len(OptionalNews))
    together: bool = False


class SetPreferencesForPerson(SetPreferences):
    """What a person has said to the staff, and how that is proved."""

    evidence: Annotated[str, Listed("request_evidence")]
