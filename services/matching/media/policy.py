"""A photo or a video as `policy.cedar` sees it."""

from services.matching.bonds.policy import as_record
from services.matching.media.domain import Media
from services.matching.media.repository import MediaFiles
from services.matching.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal


def media_resource(media: Media) -> Resource:
    """Return a file, which belongs to its guardian, to its region and to the family it shows."""
    return Resource(
        type="Media",
        id=media.media_id,
        region=media.region,
        org=media.guardian_id,
        person=media.family_id,
        status=media.status.value,
    )


def load_authorised(
    media_id: str, action: str, principal: Principal, media_files: MediaFiles
) -> Media:
    """Return the file when the caller may do this to it, with the caller's own steps."""
    media = media_files.get(media_id)
    caller, about = as_record(principal, media.family_id, media_files.store), media_resource(media)
    POLICY.require(caller, action, about)
    return media.shown_to(POLICY.may_take(caller, about, {}))
