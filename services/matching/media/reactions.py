"""The files of a family that is forgotten are deleted, as a job."""

from services.matching.media.domain import MediaErasure
from services.matching.media.repository import MediaErasures, folders_of
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
    family_id = received.event.family_id
    if erasures.find(family_id) is None:
        erasures.save(context, MediaErasure(family_id=family_id, due_at=clock.now()))


def erase_media(
    family_id: str, context: CommandContext, erasures: MediaErasures, files: Files
) -> None:
    """Delete every file of a family, and once more what came by a form of before."""
    erasure = erasures.find(family_id)
    if erasure is None or erasure.due_at is None or erasure.due_at > clock.now():
        return
    for folder in folders_of(family_id):
        files.delete_folder(folder)
    erasures.save(context, erasure.delete(clock.now()))


def put_off_erasure(family_id: str, context: CommandContext, erasures: MediaErasures) -> None:
    """Try an erasure again tomorrow, which never came to an end today."""
    erasure = erasures.find(family_id)
    if erasure is not None and erasure.due_at is not None:
        erasures.save(context, erasure.put_off(clock.now()))


REACTIONS = {FamilyErased: delete_files_of_family}
JOBS = {"MEDIA_ERASURE": Job(erase_media, give_up=put_off_erasure)}
