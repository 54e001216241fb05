"""What a person sees of signing in, and the tokens that answer a code."""

from shared import clock
from shared.errors import Unauthenticated
from shared.identity.devices import Devices, access_token_of, refresh_token_of
from shared.identity.partitions import Partition
from shared.identity.people_tokens import LIFETIME
from shared.identity.sign_ins import LIFETIME as CODE_LIFETIME
from shared.principal import Principal
from shared.sign_in.people import People
from shared.sign_in.views import CodeRequested, DeviceView, Tokens
from shared.storage.command_context import Receipt
from shared.storage.repository import Page

# Each costs a look at its person.
MOST = 100


def code_requested_view(receipt: Receipt, caller: Principal) -> CodeRequested:
    """Say where to enter the code, if one comes; never whether one does."""
    return CodeRequested(id=receipt.id, expires_in=int(CODE_LIFETIME.total_seconds()))


def tokens_view(receipt: Receipt, caller: Principal, devices: Devices, people: People) -> Tokens:
    """Give the tokens of the generation that the call began, to it and its repeats only.

    A repeat may come when the person has been signed out everywhere since.
    """
    device = devices.get(receipt.id)
    began = receipt.number == str(device.generation)
    if not (began and device.live(clock.wall()) and people.is_signed_in(device)):
        raise Unauthenticated("sign_in_again")
    return Tokens(
        device_id=device.id,
        access_token=access_token_of(device),
        expires_in=int(LIFETIME.total_seconds()),
        refresh_token=None if device.bot else refresh_token_of(device),
    )


def list_devices(caller: Principal, devices: Devices, people: People) -> Page[DeviceView]:
    """List where the caller is signed in, by whichever of the records that are one."""
    partition = Partition.of_person(caller)
    people.policy.require_list(caller, "list_devices", "Device", partition)
    records = people.records_of(caller.acts_for)
    live = [each for record in records for each in devices.list_of(record)]
    found = filter(people.is_signed_in, live[:MOST])
    return Page[DeviceView](items=[DeviceView.of_device(each, caller) for each in found])
