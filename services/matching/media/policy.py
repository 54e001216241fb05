"""A photo or a video as `policy.cedar` sees it."""

from services.matching.bonds.policy import as_record
from services.matching.bonds.repository import Bonds
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
    about = media_resource(media)
    caller = as_record(principal, media.family_id, media.region, Bonds(media_files.store))
    POLICY.require(caller, action, about)
    return media.shown_to(lambda step: POLICY.allows(caller, step, about))
