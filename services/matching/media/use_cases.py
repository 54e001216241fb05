"""A guardian uploads a photo or a video of its help and says that it is there."""

from services.matching.matches.policy import load_authorised as load_authorised_match
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchId
from services.matching.media.clean_photo import Unreadable, clean_photo
from services.matching.media.commands import OpenMedia
from services.matching.media.domain import BEGINNING, Media, content_type_of
from services.matching.media.policy import load_authorised
from services.matching.media.repository import MediaFiles, file_of, upload_of
from services.matching.media.values import MediaId, MediaKind, kind_of
from shared import clock, ids
from shared.errors import IllegalStep, RateLimited
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.files import Files

FILES_A_DAY = 100
DAY = 24 * 3600


def open_media(
    match_id: MatchId,
    body: OpenMedia,
    context: CommandContext,
    matches: Matches,
    media_files: MediaFiles,
    vault: Vault,
) -> Receipt:
    """Announce a photo or a video of the help; the answer says where to put the file."""
    match = load_authorised_match(match_id, "upload_media", context.actor, matches)
    match.submit_story()  # a file goes into a story, so it comes while one may be sent
    vault.require_living(match.family_id)
    media_files.store.require_first(context)
    if rest := media_files.store.count_from_first(f"media#{match_id}", FILES_A_DAY, DAY):
        raise RateLimited("too_many_media", rest)
    media = Media(
        media_id=ids.new("med"),
        match_id=match_id,
        family_id=match.family_id,
        guardian_id=match.guardian_id,
        region=match.region,
        kind=kind_of(body.content_type),
        content_type=body.content_type,
        opened_at=clock.now(),
    )
    return media_files.save(context, media)


def confirm_media(
    media_id: MediaId,
    context: CommandContext,
    media_files: MediaFiles,
    files: Files,
    vault: Vault,
) -> Receipt:
    """Say that the file is there; it counts when its content is what was announced.

    A photo is written anew from its pixels: where and when it was made is not kept.
    """
    media = load_authorised(media_id, "confirm_media", context.actor, media_files)
    vault.require_living(media.family_id)
    media.require_waiting()
    upload = upload_of(media)
    found = files.find(upload)
    if found is None or not found.size:
        raise IllegalStep("media_missing", media.next_steps)
    beginning = files.read(upload, 0, BEGINNING) or b""
    confirmed = media.confirm(found.size, found.etag, content_type_of(beginning), clock.now())
    if confirmed.kind is MediaKind.VIDEO:
        files.freeze(upload, found.etag, file_of(media))
    else:
        photo = _cleaned(media, confirmed.content_type, files.read(upload) or b"")
        files.write(file_of(media), photo)
        confirmed = confirmed.clean(len(photo))
    return media_files.save(context, confirmed)


def _cleaned(media: Media, content_type: str, content: bytes) -> bytes:
    """Return a photo without what the phone wrote into it."""
    try:
        return clean_photo(content, content_type)
    except Unreadable:
        raise IllegalStep("photo_unreadable", media.next_steps) from None
