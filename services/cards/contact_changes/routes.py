"""The ways to change a contact."""

from typing import Any

from services.cards.contact_changes import queries, use_cases
from shared.api.routes import Routes

STAFF, OWN = "/cards/{card_id}/change-contact", "/contact-changes"
WRONG = ("sign_in_code_wrong", "sign_in_locked", "sign_in_over", "contact_taken")
BY_STAFF = ("phone_missing", "contact_taken", "card_elsewhere")
NO_CODES = ("too_many_sign_ins", "sign_in_paused", "old_contact_takes_no_codes")
HERS: Any = {"caller": "person|machine"}
ASKED: Any = HERS | {"status": 202, "answer": queries.codes_requested_view, "problems": NO_CODES}
DONE: Any = HERS | {"status": 200, "problems": WRONG}

routes = Routes()
routes.post(OWN, use_cases.start_contact_change, **ASKED)
routes.post(OWN + "/{change_id}/confirm", use_cases.confirm_contact_change, **DONE)
routes.post(STAFF, use_cases.change_contact, caller="person", status=200, problems=BY_STAFF)
