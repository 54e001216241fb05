"""The ways in without an account."""

from typing import Any

from services.cards.sign_ins import queries, use_cases
from shared.api.routes import Routes

WRONG = ("sign_in_code_wrong", "sign_in_locked", "sign_in_over")
PAUSED = ("too_many_sign_ins", "sign_in_paused")
ASKED: Any = {"status": 202, "answer": queries.code_requested_view, "problems": PAUSED}
TOKENS: Any = {"status": 200, "answer": queries.tokens_view}

routes = Routes()
routes.post("/sign-ins", use_cases.request_code, caller="public", **ASKED)
routes.post(
    "/sign-ins/{sign_in_id}/token",
    use_cases.exchange_code,
    caller="public",
    problems=WRONG,
    **TOKENS,
)
routes.post("/tokens/refresh", use_cases.renew_tokens, caller="public", **TOKENS)
routes.get("/devices", queries.list_devices, caller="person|machine")
routes.post("/devices/{device_id}/revoke", use_cases.revoke_device, caller="person", status=200)
routes.post("/bindings", use_cases.request_binding, caller="machine", **ASKED)
routes.post(
    "/bindings/{sign_in_id}/token", use_cases.bind_chat, caller="machine", problems=WRONG, **TOKENS
)
routes.post("/devices/{device_id}/token", use_cases.renew_chat, caller="machine", **TOKENS)
