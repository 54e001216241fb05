"""A device as the policy sees it."""

from services.cards.holders.repository import Holders
from services.cards.policy import POLICY
from shared.errors import Forbidden
from shared.identity.devices import Device, Devices
from shared.identity.policy import Resource
from shared.principal import Principal


def resource(device: Device) -> Resource:
    """Return a device as a Cedar resource."""
    more = {"bot": device.bot or ""}
    return Resource(type="Device", id=device.id, person=device.person, more=more)


def new_chat(bot: str) -> Resource:
    """Return a chat that is about to be bound as a Cedar resource."""
    return Resource(type="Device", id="new", more={"bot": bot})


def require_bound(caller: Principal, devices: Devices, holders: Holders) -> None:
    """Refuse a bot that merely claims a person: one of its chats must be bound to her."""
    device = devices.find_bound(caller.acts_for, caller.id)
    if device is None or not holders.is_signed_in(device):
        raise Forbidden("act_for_family", "not_bound")


def load_authorised(device_id: str, action: str, principal: Principal, devices: Devices) -> Device:
    """Return the device when the principal may do this to it."""
    device = devices.get(device_id)
    POLICY.require(principal, action, resource(device))
    return device
