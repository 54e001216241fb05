"""The ways in to guardians' stories."""

from services.matching.stories import queries, use_cases
from shared.api.routes import Routes

ONE = "/stories/{story_id}"
BOTH = "person|machine"

routes = Routes()
routes.post(
    "/matches/{match_id}/stories",
    use_cases.submit_story,
    caller="person",
    location="/v1/stories/{id}",
)
routes.get("/stories", queries.list_stories, caller=BOTH)
routes.get(ONE, queries.view_story, caller=BOTH)
routes.post(f"{ONE}/consent", use_cases.record_story_consent, caller=BOTH, status=200)
routes.post(f"{ONE}/consent/withdrawal", use_cases.withdraw_story_consent, caller=BOTH, status=200)
routes.post(f"{ONE}/clearance", use_cases.clear_story, caller="person", status=200)
routes.post(f"{ONE}/decline", use_cases.decline_story, caller="person", status=200)
routes.post(f"{ONE}/takedown", use_cases.take_down_story, caller="person", status=200)
routes.post("/media/{media_id}/removal", use_cases.remove_media, caller="person", status=200)
