"""What comes in about wordings."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from services.notifications.wordings.values import TemplateName, Variant, WordingId
from shared.api.models import Command, Paging, line_feeds
from shared.privacy.contact import Line

# A message with a greeting and its last lines stays within what a phone shows without scrolling.
Words = Annotated[str, Field(min_length=1, max_length=600), BeforeValidator(line_feeds)]


class DraftWording(Command):
    """New words of a template: its subject, and a text for each of its variants.

    `based_on` names the wording in force that its writer has read; none those of the release.
    """

    subject: Annotated[Line, Field(max_length=60)]
    texts: dict[Variant, Words] = Field(min_length=1, max_length=40)
    based_on: WordingId | None = None


class PublishWording(Command):
    """That the words are published although something in them is hard to read."""

    despite_remarks: bool = False


class WordingsQuery(Paging):
    """Whose wordings; without a template those that wait for a second person."""

    template: TemplateName | None = None
