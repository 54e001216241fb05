"""The ways in to photos and videos of the help."""

from services.matching.media import queries, use_cases
from shared.api.routes import Routes

ONE = "/media/{media_id}"

routes = Routes()
routes.post(
    "/matches/{match_id}/media",
    use_cases.open_media,
    caller="person",
    location="/v1/media/{id}",
    answer=queries.opened_media_view,
    problems=("too_many_media",),
)
routes.get(ONE, queries.view_media, caller="person|machine")
routes.post(f"{ONE}/confirmation", use_cases.confirm_media, caller="person", status=200)
