"""How a person comes in without an account: asks for a code, enters it, stays, leaves.

Where several share a contact, the service that calls `bind_chat` and `exchange_code` for its people
gives a `choose`, which returns the one who is meant.
"""

from shared import clock, ids
from shared.api.inputs import Request
from shared.errors import NotFound
from shared.identity.devices import Device, Devices, chat_index, holder_of
from shared.identity.sign_ins import BINDING, SIGN_IN, Choose, SignIn, SignIns, over
from shared.reference import regions
from shared.sign_in.commands import (
    ConfirmBinding,
    EnterCode,
    RenewTokens,
    RequestBinding,
    RequestCode,
)
from shared.sign_in.people import People
from shared.sign_in.policy import covers, load_authorised, new_chat
from shared.sign_in.values import BOT, DeviceId, SignInId
from shared.storage.command_context import CommandContext, Receipt


def request_code(
    body: RequestCode,
    request: Request,
    context: CommandContext,
    sign_ins: SignIns,
    people: People,
) -> Receipt:
    """Ask for a code to the contact that is kept of you; the answer is the same for any contact."""
    found = people.seek(body, tuple(regions.regions()))
    sign_in = sign_ins.start(
        context,
        contact=found.contact,
        channel=body.channel,
        address=request.source_address,
        use=SIGN_IN,
        person=found.person,
        region=found.region,
    )
    return sign_ins.save(context, sign_in, events=[people.event_of(sign_in)])


def request_binding(
    body: RequestBinding, context: CommandContext, sign_ins: SignIns, people: People
) -> Receipt:
    """Ask for a code that binds a chat to a person; the answer is the same for any contact."""
    bot = context.actor
    people.policy.require_create(bot, "bind_chat", new_chat(bot.id))
    chat = chat_index(bot.id, body.chat)
    found = people.seek(body, tuple(filter(bot.covers, regions.regions())))
    sign_in = sign_ins.start(
        context,
        contact=found.contact,
        channel=body.channel,
        address=chat,
        use=BINDING,
        bot=bot.id,
        chat=chat,
        person=found.person,
        region=found.region,
    )
    return sign_ins.save(context, sign_in, events=[people.event_of(sign_in)])


def bind_chat(
    sign_in_id: SignInId,
    body: ConfirmBinding,
    context: CommandContext,
    sign_ins: SignIns,
    devices: Devices,
    people: People,
    choose: Choose | None = None,
) -> Receipt:
    """Bind the chat by the code that the person typed there; one bound before is signed out."""
    bot = context.actor
    people.policy.require_create(bot, "bind_chat", new_chat(bot.id))
    if sign_ins.get(sign_in_id).bot != bot.id:
        raise NotFound("sign_in")
    sign_in = sign_ins.enter(sign_in_id, body.code, BINDING, context, choose=choose)
    chat, now = sign_in.chat or "", clock.wall()
    before = [each.revoke("chat_bound_anew", now) for each in devices.list_of_chat(chat)[:1]]
    whose = {"person": sign_in.person or "", "role": people.role}
    device = Device.signed_in(now, **whose, kind=BOT, bot=bot.id, chat=chat)
    return _signed_in(sign_in, device, before, context, sign_ins, devices, people)


def renew_chat(
    device_id: DeviceId, context: CommandContext, devices: Devices, people: People
) -> Receipt:
    """Give a bot a fresh token for the person of a bound chat."""
    bot = context.actor
    device = load_authorised(device_id, "renew_chat", bot, devices, people)
    return devices.save_renewed(
        device, context, lambda chat: people.is_signed_in(chat) and covers(bot, chat, people)
    )


def exchange_code(
    sign_in_id: SignInId,
    body: EnterCode,
    context: CommandContext,
    sign_ins: SignIns,
    devices: Devices,
    people: People,
    choose: Choose | None = None,
) -> Receipt:
    """Enter the code and get the tokens of this device."""
    sign_in = sign_ins.enter(sign_in_id, body.code, SIGN_IN, context, choose=choose)
    whose = {"person": sign_in.person or "", "role": people.role}
    device = Device.signed_in(clock.wall(), **whose, kind=body.device)
    return _signed_in(sign_in, device, [], context, sign_ins, devices, people)


def renew_tokens(
    body: RenewTokens, context: CommandContext, devices: Devices, people: People
) -> Receipt:
    """Renew the tokens of a device; the refresh token before is void."""
    return devices.renew(body.refresh_token, context, people.is_signed_in)


def revoke_device(
    device_id: DeviceId, context: CommandContext, devices: Devices, people: People
) -> Receipt:
    """Sign out of a device; it opens nothing any more, in other services within 15 minutes."""
    device = load_authorised(device_id, "revoke_device", context.actor, devices, people)
    return devices.save(context, device.revoke("by_holder", clock.wall()))


def _signed_in(
    sign_in: SignIn,
    device: Device,
    revoked: list[Device],
    context: CommandContext,
    sign_ins: SignIns,
    devices: Devices,
    people: People,
) -> Receipt:
    context.actor = holder_of(device)
    noted = people.proved(sign_in, clock.now())
    if not people.is_signed_in(device.as_of(ids.made_at(sign_in.id))):
        raise over(sign_in.use)  # asked for before the person was signed out everywhere
    also = [sign_ins.row(sign_in), *map(devices.row, revoked), *noted]
    return devices.save(context, device, *also, number=str(device.generation))
