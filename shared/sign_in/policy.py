"""A device as a policy sees it."""

from shared.errors import Forbidden
from shared.identity.devices import Device, Devices
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.sign_in.people import People


def resource(device: Device, person: str) -> Resource:
    """Return a device of a person as a Cedar resource."""
    more = {"bot": device.bot or ""}
    return Resource(type="Device", id=device.id, person=person, more=more)


def new_chat(bot: str) -> Resource:
    """Return a chat that is about to be bound as a Cedar resource."""
    return Resource(type="Device", id="new", more={"bot": bot})


def require_bound(caller: Principal, devices: Devices, people: People) -> None:
    """Refuse a bot that merely claims a person: one of its chats must be bound to that person.

    The person must be of a region that the bot still has.
    """
    device = devices.find_bound(caller.acts_for, caller.id)
    if device is None or not people.is_signed_in(device) or not covers(caller, device, people):
        raise Forbidden("act_for_family", "not_bound")


def require_signed_in(caller: Principal, devices: Devices, people: People) -> None:
    """Refuse a device that is signed out, at once: a stolen phone shows nothing for minutes."""
    devices.require_signed_in(caller, people.is_signed_in)


def covers(bot: Principal, device: Device, people: People) -> bool:
    """Whether a chat's person is of a region of the bot."""
    region = people.region_of(device.person)
    return region is not None and bot.covers(region)


def load_authorised(
    device_id: str, action: str, principal: Principal, devices: Devices, people: People
) -> Device:
    """Return the device when the principal may do this to it, or to one of a merged record."""
    device, person = devices.get(device_id), principal.acts_for
    own = device.person == person or device.person in people.records_of(person)
    people.policy.require(principal, action, resource(device, person if own else device.person))
    return device
