"""The ways in to what messages say."""

from services.notifications.wordings import queries, use_cases
from shared.api.routes import Routes

SHIPPED, OLDER = ("wording_not_edited",), ("wording_based_on_older",)
FAULTS = (
    "wording_unreadable", "variant_missing", "variant_unknown", "value_unknown", "value_missing",
    "values_unused", "wording_has_address", "wording_has_hole", "wording_too_long", *OLDER,
)  # fmt: skip
DECIDED = ("wording_published", "wording_replaced", "wording_discarded")
TEMPLATE, WORDING = "/templates/{template}", "/wordings/{wording_id}"

routes = Routes()
routes.get("/templates", queries.list_templates, caller="person")
routes.get(TEMPLATE, queries.get_template, caller="person")
routes.post(
    f"{TEMPLATE}/wordings",
    use_cases.draft_wording,
    caller="person",
    location="/v1/wordings/{id}",
    answer=queries.drafted_wording_view,
    problems=FAULTS,
)
routes.post(
    f"{TEMPLATE}/restore", use_cases.restore_wording, caller="person", status=200, problems=SHIPPED
)
routes.get("/wordings", queries.list_wordings, caller="person")
routes.get(WORDING, queries.get_wording, caller="person")
routes.post(
    f"{WORDING}/publish",
    use_cases.publish_wording,
    caller="person",
    status=200,
    problems=(*FAULTS, *DECIDED, "second_person_needed", "wording_hard_to_read"),
)
routes.post(
    f"{WORDING}/discard", use_cases.discard_wording, caller="person", status=200, problems=DECIDED
)
