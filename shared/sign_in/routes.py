"""The ways in without an account."""

from collections.abc import Callable
from typing import Any

from shared.api.routes import Routes
from shared.sign_in import queries, use_cases
from shared.storage.command_context import Receipt

WRONG = ("sign_in_code_wrong", "sign_in_locked", "sign_in_over")
PAUSED = ("too_many_sign_ins", "sign_in_paused")
ASKED: Any = {"status": 202, "answer": queries.code_requested_view, "problems": PAUSED}
TOKENS: Any = {"status": 200, "answer": queries.tokens_view}
ONE_CODE = "/sign-ins/{sign_in_id}/token"
ONE_BINDING = "/bindings/{sign_in_id}/token"


def ways_in(
    exchange_code: Callable[..., Receipt] = use_cases.exchange_code,
    bind_chat: Callable[..., Receipt] = use_cases.bind_chat,
    wrong: tuple[str, ...] = (),
) -> Routes:
    """Return the routes of signing in; a service whose people share contacts takes codes itself.

    `wrong` are the problems of such a code that are its own.
    """
    refused = (*WRONG, *wrong)
    routes = Routes()
    routes.post("/sign-ins", use_cases.request_code, caller="public", **ASKED)
    routes.post(ONE_CODE, exchange_code, caller="public", problems=refused, **TOKENS)
    routes.post("/tokens/refresh", use_cases.renew_tokens, caller="public", **TOKENS)
    routes.get("/devices", queries.list_devices, caller="person|machine")
    revoke = use_cases.revoke_device
    routes.post("/devices/{device_id}/revoke", revoke, caller="person|machine", status=200)
    routes.post("/bindings", use_cases.request_binding, caller="machine", **ASKED)
    routes.post(ONE_BINDING, bind_chat, caller="machine", problems=refused, **TOKENS)
    renew = use_cases.renew_chat
    routes.post("/devices/{device_id}/token", renew, caller="machine", **TOKENS)
    return routes
