"""The routes of what everybody may look up."""

from services.cards.directory import page, queries
from shared.api.routes import Routes

# So long may a shop that is paused be shown; after it a client asks by its ETag.
SECONDS = 30

routes = Routes()
routes.get("/public/partners", queries.list_public_partners, caller="public", cache_seconds=SECONDS)
routes.get(
    "/public/partners/{partner_id}", queries.get_public_partner, caller="public",
    cache_seconds=SECONDS,
)  # fmt: skip
routes.get(
    "/public/partners/{partner_id}/page",
    queries.show_partner_page,
    caller="public",
    cache_seconds=SECONDS,
    refused=page.of_refusal,
)
