"""The ways in for telephony, and to the calls that go on."""

from services.intake.telephony.policy import prove
from services.intake.telephony.queries import list_live_calls
from services.intake.telephony.use_cases import (
    report_broken_call,
    take_event_of_part,
    take_named_event,
    take_telephony_event,
)
from shared.api.routes import Routes

BROKEN = "/live-calls/{call_id}/broken-off"
EVENTS = "/telephony/{provider}/events"

routes = Routes()
routes.get("/live-calls", list_live_calls, caller="person")
routes.post(BROKEN, report_broken_call, caller="person", location="/v1/call-backs/{id}")
routes.post(f"{EVENTS}/{{kind}}", take_named_event, caller="webhook", identify=prove, status=200)
routes.post(
    f"{EVENTS}/{{kind}}/{{part}}", take_event_of_part, caller="webhook", identify=prove, status=200
)
routes.post(EVENTS, take_telephony_event, caller="webhook", identify=prove, status=200)
