"""What is read of photos and videos."""

from collections.abc import Sequence

from services.matching.media.domain import Media
from services.matching.media.policy import load_authorised
from services.matching.media.repository import MediaFiles, upload_of
from services.matching.media.values import MOST_BYTES, MediaId, MediaStatus
from services.matching.media.views import MediaView, OpenedMedia, link_to
from shared.errors import Invalid
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.storage.command_context import Receipt
from shared.storage.files import Files


def view_media(
    media_id: MediaId,
    caller: Principal,
    media_files: MediaFiles,
    files: Files,
    access_log: AccessLog,
) -> MediaView:
    """Show one photo or video, with a link to it; each look is audited."""
    media = load_authorised(media_id, "view", caller, media_files)
    note_look(media, caller, access_log)
    return MediaView.of(media, download_url=link_to(media, files))


def note_look(media: Media, caller: Principal, access_log: AccessLog) -> None:
    """Write down, before the link is given, who looks at a family's photo or video."""
    if media.status is MediaStatus.CONFIRMED:
        record = f"media#{media.media_id}"
        access_log.note(media.family_id, record, ("file",), caller, "view_media")


def confirmed_media(asked: Sequence[str], match_id: str, media_files: MediaFiles) -> list[Media]:
    """Return confirmed files of a match, each once; another one is refused with its place."""
    known = {each.media_id: each for each in media_files.get_many(asked)}
    for place, media_id in enumerate(asked):
        media = known.get(media_id)
        if media is None or media.match_id != match_id:
            raise Invalid("media_of_another_place", f"/media/{place}")
        if media.status is not MediaStatus.CONFIRMED:
            raise Invalid("media_not_confirmed", f"/media/{place}")
    return list(known.values())


def opened_media_view(
    receipt: Receipt, caller: Principal, media_files: MediaFiles, files: Files
) -> OpenedMedia:
    """Show where to put the file."""
    media = media_files.get(receipt.id)
    most = MOST_BYTES[media.kind]
    form = None
    if media.status is MediaStatus.WAITING:
        form = files.upload_form(upload_of(media), media.content_type, most)
    return OpenedMedia(
        id=media.media_id,
        version=receipt.version,
        status=MediaStatus.WAITING,
        upload_url=form.url if form else None,
        upload_fields=form.fields if form else {},
        most_bytes=most,
    )
