"""The ways in from the proposal to the first contact."""

from services.matching.introductions import use_cases
from shared.api.routes import Routes

ONE = "/matches/{match_id}"

routes = Routes()
routes.post(f"{ONE}/acceptance", use_cases.accept_match, caller="person|machine", status=200)
routes.post(f"{ONE}/delay", use_cases.explain_delay, caller="person", status=200)
routes.post(f"{ONE}/introduction", use_cases.hold_introduction, caller="person", status=200)
late = f"{ONE}/late-introduction"
routes.post(late, use_cases.record_late_introduction, caller="person", status=200)
