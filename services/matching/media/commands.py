"""What comes in about a photo or a video."""

from services.matching.media.values import ContentType
from shared.api.models import Command


class OpenMedia(Command):
    """A file to come, and what it is."""

    content_type: ContentType
