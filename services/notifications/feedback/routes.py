"""The ways in to feedback forms."""

from services.notifications.feedback import queries, use_cases
from services.notifications.questionnaires.page import of_refusal
from shared.api.routes import Routes

LINK_REFUSALS = ("bad_link", "form_answered", "form_expired", "link_expired", "too_many")
FAULTS = (
    "question_unknown", "answer_missing", "answer_not_listed", "mark_expected",
    "yes_or_no_expected", "words_expected", "words_too_long",
)  # fmt: skip

routes = Routes()
routes.get("/feedback/{link}", queries.open_form, caller="public", problems=LINK_REFUSALS)
routes.post(
    "/feedback/{link}",
    use_cases.answer_form,
    caller="public",
    location="/v1/feedback-answers/{id}",
    problems=(*LINK_REFUSALS, *FAULTS),
)
routes.get("/forms/{link}", queries.show_form_page, caller="public", refused=of_refusal)
routes.post("/forms/{link}", use_cases.answer_form_page, caller="public", refused=of_refusal)
routes.get("/feedback-answers", queries.list_answers, caller="person")
routes.get(
    "/feedback-answers/{form_id}", queries.get_answer, caller="person", problems=("own_guardian",)
)
