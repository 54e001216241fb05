"""The callers that operators have to call back."""

from services.intake.call_backs.commands import ListCallBacks
from services.intake.call_backs.policy import (
    CALL_BACK,
    load_authorised,
    load_claimed,
    shown,
)
from services.intake.call_backs.repository import CallBacks, status_prefix
from services.intake.call_backs.values import CallBackId
from services.intake.call_backs.views import CallBackView, PhoneView
from services.intake.policy import POLICY
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page

PHONE, CALL = "phone", "call_back"


def list_call_backs(
    query: ListCallBacks, caller: Principal, call_backs: CallBacks
) -> Page[CallBackView]:
    """List the call-backs of your region, the ones due first on top."""
    partition = Partition.of_region(caller, query.region)
    return call_backs.page(
        "by_region",
        POLICY.require_list(caller, "list_call_backs", CALL_BACK, partition),
        lambda call_back: CallBackView.of_call_back(shown(call_back, caller)),
        caller=caller,
        query=query,
        prefix=status_prefix(query.status),
    )


def get_call_back(
    call_back_id: CallBackId, caller: Principal, call_backs: CallBacks
) -> CallBackView:
    """Open a call-back, without the phone."""
    return CallBackView.of_call_back(load_authorised(call_back_id, "view", caller, call_backs))


def get_call_back_phone(
    call_back_id: CallBackId, caller: Principal, call_backs: CallBacks, vault: Vault
) -> PhoneView:
    """Read the phone that you have to call; the reading is recorded."""
    call_back = load_claimed(call_back_id, "view_phone", caller, call_backs)
    found = vault.open(call_back.call_id, call_back.call_id, [PHONE], caller, CALL)
    return PhoneView(phone=found[PHONE])
