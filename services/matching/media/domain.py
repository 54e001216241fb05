"""A photo or a video of the help, from its announcement to its end, and what its bytes say it is.

Signatures are those of the MIME Sniffing Standard (WHATWG, 6.1 and 6.2), and the brands of the file
type box (ISO/IEC 14496-12, 4.3) of what phones make.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from services.matching.erasures.domain import TRIED_AGAIN, Erasure
from services.matching.media.values import (
    MEBIBYTE,
    MOST_BYTES,
    STEPS,
    MediaKind,
    MediaStatus,
    kind_of,
)
from shared.domain import StatefulAggregate
from shared.errors import IllegalStep

# As many bytes of a file are enough to know its type.
BEGINNING = 64
# A form lives a quarter of an hour; what comes by it later is deleted too.
LATE_UPLOADS = timedelta(minutes=16)

_BOX_TYPE, _BRANDS, _BRAND = slice(4, 8), 8, 4
_QUICKTIME = b"qt  "
_MPEG_4 = (b"mp4", b"iso", b"avc", b"3gp", b"M4V")


def content_type_of(beginning: bytes) -> str | None:
    """Return what a file is by its first bytes, whatever it calls itself; None when it is other."""
    if beginning.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if beginning.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if beginning.startswith(b"RIFF") and beginning[8:14] == b"WEBPVP":
        return "image/webp"
    return _of_file_type_box(beginning) if beginning[_BOX_TYPE] == b"ftyp" else None


def _of_file_type_box(box: bytes) -> str | None:
    end = min(int.from_bytes(box[:4]), len(box))
    brands = [box[at : at + _BRAND] for at in range(_BRANDS, end - _BRAND + 1, _BRAND)]
    if brands and brands[0] == _QUICKTIME:
        return "video/quicktime"
    return "video/mp4" if any(each.startswith(_MPEG_4) for each in brands) else None


class Media(StatefulAggregate):
    """One file of a match; once confirmed it is a copy that no link can change."""

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "media_is_{status}"

    media_id: str
    match_id: str
    family_id: str
    guardian_id: str
    region: str
    kind: MediaKind
    content_type: str
    status: MediaStatus = MediaStatus.WAITING
    size: int | None = None
    etag: str | None = None
    metadata_removed: bool = False
    opened_at: datetime
    confirmed_at: datetime | None = None
    delete_at: datetime | None = None

    def require_waiting(self) -> None:
        """Refuse one that was confirmed or removed: its upload may be gone already."""
        self._require("confirm_media")

    def confirm(self, size: int, etag: str, found_type: str | None, at: datetime) -> Self:
        """Take the file that came, when it is what was announced, and not too large."""
        self.require_waiting()
        most = MOST_BYTES[self.kind]
        if size > most:
            raise IllegalStep("media_too_large", self.next_steps, limit_mib=most // MEBIBYTE)
        if found_type is None or kind_of(found_type) is not self.kind:
            raise IllegalStep("media_of_another_type", self.next_steps)
        return self._with(
            status=MediaStatus.CONFIRMED,
            size=size,
            etag=etag,
            content_type=found_type,
            confirmed_at=at,
        )

    def clean(self, size: int) -> Self:
        """Note that the file was written anew, without what the phone wrote into it."""
        return self._with(size=size, metadata_removed=True)

    def remove(self, at: datetime) -> Self:
        """Take the file away for good; it is deleted at once, beside the command."""
        self._require("remove_media")
        return self._with(status=MediaStatus.REMOVED, delete_at=at)

    def delete(self) -> Self:
        """Note that the file is deleted."""
        return self._with(delete_at=None)

    def put_off(self, at: datetime) -> Self:
        """Try again a day later: a deletion is never given up."""
        return self._with(delete_at=at + TRIED_AGAIN)


class MediaErasure(Erasure):
    """The files of a family on their way out: deleted at once, and once more after late uploads."""

    deleted: bool = False

    def delete(self, at: datetime) -> Self:
        """Note that the files are deleted."""
        return self._with(deleted=True).go_on(None if self.deleted else at + LATE_UPLOADS)
