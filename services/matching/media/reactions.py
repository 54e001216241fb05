"""Files that were removed, and those of a family that is forgotten, are deleted as a job."""

from services.matching.media.domain import MediaErasure
from services.matching.media.repository import (
    MediaErasures,
    MediaFiles,
    file_of,
    folders_of,
    upload_of,
)
from shared import clock
from shared.events.base import Received
from shared.events.intake import FamilyErased
from shared.messaging.deadlines import Job
from shared.storage.command_context import CommandContext
from shared.storage.files import Files


def delete_files_of_family(
    received: Received[FamilyErased], context: CommandContext, erasures: MediaErasures
) -> None:
    """Have the files of a family deleted by the job."""
    erasure = MediaErasure(family_id=received.event.family_id, due_at=clock.now())
    erasures.begin(erasure, context)


def delete_media(
    media_id: str, context: CommandContext, media_files: MediaFiles, files: Files
) -> None:
    """Delete the files of a photo or a video that was removed."""
    media = media_files.get(media_id)
    if media.delete_at is None or media.delete_at > clock.now():
        return
    files.delete([file_of(media), upload_of(media)])
    media_files.save(context, media.delete())


def put_off_deletion(media_id: str, context: CommandContext, media_files: MediaFiles) -> None:
    """Try a deletion again tomorrow, which never came to an end today."""
    media = media_files.get(media_id)
    if media.delete_at is not None:
        media_files.save(context, media.put_off(clock.now()))


def erase_media(
    family_id: str, context: CommandContext, erasures: MediaErasures, files: Files
) -> None:
    """Delete every file of a family, and once more what came by a form of before."""
    erasure = erasures.due(family_id)
    if erasure is None:
        return
    for folder in folders_of(family_id):
        files.delete_folder(folder)
    erasures.save(context, erasure.delete(clock.now()))


def put_off_erasure(family_id: str, context: CommandContext, erasures: MediaErasures) -> None:
    """Try an erasure again tomorrow, which never came to an end today."""
    erasures.put_off(family_id, context)


REACTIONS = {FamilyErased: delete_files_of_family}
JOBS = {
    "MEDIA": Job(delete_media, give_up=put_off_deletion),
    "MEDIA_ERASURE": Job(erase_media, give_up=put_off_erasure),
}
