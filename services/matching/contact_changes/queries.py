"""What answers a change of contact that waits for its codes."""

from shared.identity.sign_ins import LIFETIME
from shared.principal import Principal
from shared.sign_in.views import CodeRequested
from shared.storage.command_context import Receipt


def codes_requested_view(receipt: Receipt, caller: Principal) -> CodeRequested:
    """Say where to enter the codes."""
    return CodeRequested(id=receipt.id, expires_in=int(LIFETIME.total_seconds()))
