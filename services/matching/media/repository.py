"""Where photos and videos are kept: `MEDIA#<id>`, and the files beside the tables.

uploads/<family id>/<media id>   what came by a form, gone after a day
media/<family id>/<media id>     the confirmed copy, until it is removed or its family is forgotten

MEDIA#<id>                  due_at: at once when it was removed, to delete its files
MEDIA_ERASURE#<family id>   due_at: at once, then after the last form; through the queue of jobs
"""

from datetime import timedelta
from typing import ClassVar

from services.matching.erasures.repository import Erasures
from services.matching.media.domain import Media, MediaErasure
from services.matching.media.values import MediaStatus
from shared import clock
from shared.storage.repository import Repository
from shared.storage.rows import Row

UPLOADS, CONFIRMED = "uploads", "media"
UNCONFIRMED_FOR = timedelta(days=2)


class MediaFiles(Repository[Media]):
    """All photos and videos."""

    model: ClassVar[type[Media]] = Media
    prefix: ClassVar[str] = "MEDIA"
    id_field: ClassVar[str] = "media_id"

    def row(self, aggregate: Media) -> Row:
        """Return a file's row; one that nothing came for ends by itself."""
        waiting = aggregate.status is MediaStatus.WAITING
        return self._row(
            aggregate,
            due_at=aggregate.delete_at,
            job=True,
            expires_at=clock.wall() + UNCONFIRMED_FOR if waiting else None,
        )


class MediaErasures(Erasures[MediaErasure]):
    """The families whose files are being deleted."""

    model: ClassVar[type[MediaErasure]] = MediaErasure
    prefix: ClassVar[str] = "MEDIA_ERASURE"


def upload_of(media: Media) -> str:
    """Return the key of what came by the form."""
    return f"{UPLOADS}/{media.family_id}/{media.media_id}"


def file_of(media: Media) -> str:
    """Return the key of the confirmed copy."""
    return f"{CONFIRMED}/{media.family_id}/{media.media_id}"


def folders_of(family_id: str) -> tuple[str, ...]:
    """Return where all files of a family are."""
    return tuple(f"{place}/{family_id}/" for place in (UPLOADS, CONFIRMED))
