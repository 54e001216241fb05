"""How a holder comes in without an account: asks for a code, enters it, stays, leaves."""

from typing import TypedDict

from services.cards.holders.domain import Holder
from services.cards.holders.repository import Holders
from services.cards.holders.vault_records import messenger_index, phone_index
from services.cards.policy import POLICY
from services.cards.sign_ins import events
from services.cards.sign_ins.commands import (
    ConfirmBinding,
    EnterCode,
    RenewTokens,
    RequestBinding,
    RequestCode,
)
from services.cards.sign_ins.policy import load_authorised, new_chat
from services.cards.sign_ins.values import BINDING, BOT, ROLE, SIGN_IN, DeviceId, SignInId
from shared import clock
from shared.api.inputs import Request
from shared.errors import NotFound
from shared.identity.devices import Device, Devices, chat_index, holder_of
from shared.identity.sign_ins import SignIns
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


class Person(TypedDict):
    """The person of a contact, and the region of her events."""

    person: str | None
    region: str


def request_code(
    body: RequestCode,
    request: Request,
    context: CommandContext,
    sign_ins: SignIns,
    holders: Holders,
    vault: Vault,
) -> Receipt:
    """Ask for a code to the phone that the office knows; the answer is the same for any phone."""
    contact, holder = holders.find_by_contacts(_indexes(body, vault))
    sign_in = sign_ins.start(
        contact=contact,
        channel=body.channel,
        address=request.source_address,
        use=SIGN_IN,
        **_person(holder),
    )
    return sign_ins.save(context, sign_in, events=[events.requested(sign_in)])


def request_binding(
    body: RequestBinding,
    context: CommandContext,
    sign_ins: SignIns,
    holders: Holders,
    vault: Vault,
) -> Receipt:
    """Ask for a code that binds a bot's chat to a person; the answer is the same for any phone."""
    bot = context.actor
    POLICY.require_create(bot, "bind_chat", new_chat(bot.id))
    chat = chat_index(bot.id, body.chat)
    contact, holder = holders.find_by_contacts(_indexes(body, vault))
    sign_in = sign_ins.start(
        contact=contact,
        channel=body.channel,
        address=chat,
        use=BINDING,
        bot=bot.id,
        chat=chat,
        **_person(holder if holder and bot.covers(holder.region) else None),
    )
    return sign_ins.save(context, sign_in, events=[events.requested(sign_in)])


def bind_chat(
    sign_in_id: SignInId,
    body: ConfirmBinding,
    context: CommandContext,
    sign_ins: SignIns,
    devices: Devices,
    holders: Holders,
) -> Receipt:
    """Bind the chat by the code that the person typed there; one bound before is signed out."""
    bot = context.actor
    POLICY.require_create(bot, "bind_chat", new_chat(bot.id))
    if sign_ins.get(sign_in_id).bot != bot.id:
        raise NotFound("sign_in")
    sign_in = sign_ins.enter(sign_in_id, body.code, BINDING, context)
    holders.require_bound(sign_in)
    chat = sign_in.chat or ""
    now = clock.wall()
    device = Device.of(sign_in.person or "", ROLE, BOT, now, bot=bot.id, chat=chat)
    before = [each.revoke("chat_bound_anew", now) for each in devices.list_of_chat(chat)[:1]]
    context.actor = holder_of(device)
    also = [sign_ins.row(sign_in), *map(devices.row, before)]
    return devices.save(context, device, *also, number=str(device.generation))


def renew_chat(
    device_id: DeviceId, context: CommandContext, devices: Devices, holders: Holders
) -> Receipt:
    """Give a bot a fresh token for the person of a bound chat."""
    device = load_authorised(device_id, "renew_chat", context.actor, devices)
    return devices.save_renewed(device, context, holders.is_signed_in)


def exchange_code(
    sign_in_id: SignInId,
    body: EnterCode,
    context: CommandContext,
    sign_ins: SignIns,
    devices: Devices,
    holders: Holders,
) -> Receipt:
    """Enter the code and get the tokens of this device."""
    sign_in = sign_ins.enter(sign_in_id, body.code, SIGN_IN, context)
    holders.require_bound(sign_in)
    device = Device.of(sign_in.person or "", ROLE, body.device, clock.wall())
    context.actor = holder_of(device)
    return devices.save(context, device, sign_ins.row(sign_in), number=str(device.generation))


def renew_tokens(
    body: RenewTokens, context: CommandContext, devices: Devices, holders: Holders
) -> Receipt:
    """Renew the tokens of a device; the refresh token before is void."""
    return devices.renew(body.refresh_token, context, holders.is_signed_in)


def revoke_device(device_id: DeviceId, context: CommandContext, devices: Devices) -> Receipt:
    """Sign out of a device; within 15 minutes it opens nothing."""
    device = load_authorised(device_id, "revoke_device", context.actor, devices)
    return devices.save(context, device.revoke("by_holder", clock.wall()))


def _indexes(body: RequestCode, vault: Vault) -> list[str]:
    """Return what a contact may be found by: a messenger's address may look like a phone."""
    phone = body.phone()
    by_bot = [messenger_index(body.contact, vault)] if body.channel == BOT else []
    return [*by_bot, *([phone_index(phone, vault)] if phone is not None else [])]


def _person(holder: Holder | None) -> Person:
    """Return a known person, or the region in which an unknown one is counted."""
    if holder is not None:
        return {"person": holder.id, "region": holder.region}
    return {"person": None, "region": next(iter(regions.regions()))}
