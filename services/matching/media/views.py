"""What goes out about a photo or a video."""

from datetime import datetime
from typing import Literal

from services.matching.codes import StepCode
from services.matching.media.domain import Media
from services.matching.media.repository import file_of
from services.matching.media.values import ENDINGS, MediaKind, MediaStatus
from shared.api.models import View
from shared.storage.files import Files


class OpenedMedia(View):
    """Where to put the file: a form (multipart/form-data), its fields first, then `file`.

    It takes this type of at most `most_bytes`, for a quarter of an hour; none once confirmed.
    """

    id: str
    version: int
    status: MediaStatus
    upload_url: str | None
    upload_method: Literal["POST"] = "POST"
    upload_fields: dict[str, str]
    most_bytes: int


class MediaView(View):
    """A photo or a video; the link to it lives five minutes.

    A video holds what the phone wrote into it, place and time perhaps; a photo does not.
    """

    media_id: str
    match_id: str
    guardian_id: str
    kind: MediaKind
    content_type: str
    status: MediaStatus
    size: int | None
    metadata_removed: bool
    opened_at: datetime
    confirmed_at: datetime | None
    next_steps: tuple[StepCode, ...]
    download_url: str | None
    version: int


def link_to(media: Media, files: Files) -> str | None:
    """Return where a confirmed file is fetched; None once it is gone."""
    if media.status is not MediaStatus.CONFIRMED or files.find(file_of(media)) is None:
        return None
    return files.download_link(file_of(media), f"{media.media_id}.{ENDINGS[media.content_type]}")
