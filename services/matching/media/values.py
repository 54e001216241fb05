"""What a photo or a video is: its types, its size, its states with their steps."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

MediaId = Annotated[str, Field(pattern=pattern("med"))]
# What pages show, and of photos what can be written anew; a phone makes JPEG of HEIC when asked.
ContentType = Annotated[str, Field(pattern=r"^(image/(jpeg|png|webp)|video/(mp4|quicktime))$")]
MEBIBYTE = 1024 * 1024


class MediaKind(CodeEnum, of="story_media_kind"):
    """Whether it is looked at or watched."""

    PHOTO = "photo"
    VIDEO = "video"


class MediaStatus(CodeEnum, of="media_status"):
    """Where a file is between its announcement and its end."""

    WAITING = "waiting_for_file"
    CONFIRMED = "confirmed"
    REMOVED = "removed"


STEPS: Mapping[MediaStatus, Mapping[str, Any]] = {
    MediaStatus.WAITING: {
        "confirm_media": MediaStatus.CONFIRMED,
        "remove_media": MediaStatus.REMOVED,
    },
    MediaStatus.CONFIRMED: {"remove_media": MediaStatus.REMOVED},
    MediaStatus.REMOVED: {},
}

# How large a file may be, and what its name ends with when it is fetched.
MOST_BYTES: Mapping[MediaKind, int] = {
    MediaKind.PHOTO: 20 * MEBIBYTE,
    MediaKind.VIDEO: 300 * MEBIBYTE,
}
ENDINGS: Mapping[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
}


def kind_of(content_type: str) -> MediaKind:
    """Return the kind of a media type."""
    return MediaKind.VIDEO if content_type.startswith("video/") else MediaKind.PHOTO
