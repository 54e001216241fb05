"""The ways to change a contact."""

from typing import Any

from services.matching.contact_changes import use_cases
from shared.api.routes import Routes
from shared.sign_in.queries import code_requested_view

WRONG = (
    "sign_in_code_wrong", "sign_in_locked", "sign_in_over", "contact_taken", "registered_twice",
)  # fmt: skip
NO_CODES = ("too_many_sign_ins", "sign_in_paused", "old_contact_takes_no_codes")
ASKED: Any = {"status": 202, "answer": code_requested_view, "problems": NO_CODES}
BY: Any = {"caller": "person|machine"}
STAFF: Any = {"caller": "person", "status": 200}

routes = Routes()
routes.post("/contact-changes", use_cases.start_contact_change, **BY, **ASKED)
CONFIRM, ONE = "/contact-changes/{change_id}/confirm", "/volunteers/{volunteer_id}"
routes.post(CONFIRM, use_cases.confirm_contact_change, **BY, status=200, problems=WRONG)
routes.post("/guardians/{guardian_id}/contact", use_cases.replace_contact, **STAFF)
OWN = f"{ONE}/contact-changes"
routes.post(OWN, use_cases.start_volunteer_contact_change, caller="person", **ASKED)
routes.post(f"{ONE}/contact", use_cases.replace_volunteer_contact, **STAFF)
