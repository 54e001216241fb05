"""The routes of placements that end."""

from services.cards.placements import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post(
    "/placement-ends",
    use_cases.report_placement_end,
    caller="person",
    status=200,
    answer=queries.placement_end_view,
    problems=("placement_goes_on", "end_of_held_card", "card_revoked"),
)
routes.post(
    "/cards/{card_id}/dismiss-placement-end",
    use_cases.dismiss_placement_end,
    caller="person",
    status=200,
    problems=("no_placement_end",),
)
