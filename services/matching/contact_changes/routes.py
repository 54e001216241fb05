"""The ways to change the contact of a guardian."""

from typing import Any

from services.matching.contact_changes import queries, use_cases
from shared.api.routes import Routes

WRONG = ("sign_in_code_wrong", "sign_in_locked", "sign_in_over", "contact_taken")
PAUSED = ("too_many_sign_ins", "sign_in_paused")
ASKED: Any = {"status": 202, "answer": queries.codes_requested_view, "problems": PAUSED}
BY: Any = {"caller": "person|machine"}

routes = Routes()
routes.post("/contact-changes", use_cases.start_contact_change, **BY, **ASKED)
CONFIRM, STAFF = "/contact-changes/{change_id}/confirm", "/guardians/{guardian_id}/contact"
routes.post(CONFIRM, use_cases.confirm_contact_change, **BY, status=200, problems=WRONG)
routes.post(STAFF, use_cases.replace_contact, caller="person", status=200)
