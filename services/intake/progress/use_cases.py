"""Headquarters gives a family another code when it has lost its own, or others know it."""

from services.intake.progress.commands import RenewCode
from services.intake.progress.views import RenewedCodeView
from services.intake.requests.policy import load_authorised
from services.intake.requests.repository import Requests
from services.intake.requests.values import RequestId
from services.intake.requests.vault_records import short_code
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt


def renew_request_code(
    request_id: RequestId, body: RenewCode, context: CommandContext, requests: Requests
) -> Receipt:
    """Give a request another code; the former one opens nothing any more."""
    request = load_authorised(request_id, "renew_request_code", context.actor, requests)
    context.actor = context.actor.acting_for(request.subject, body.evidence)
    return requests.save(context, request.renew_code())


def code_view(receipt: Receipt, caller: Principal, vault: Vault) -> RenewedCodeView:
    """Return the new code, which is stored nowhere."""
    edition = int((receipt.links or {})["code_edition"])
    return RenewedCodeView.of(receipt, code=short_code(receipt.id, vault, edition))
