"""What an event of telephony does: a missed call is called back, an answered one ends that.

Events come in any order and more than once; the call's row says what is known already, so each
fact has one effect.
"""

from typing import NamedTuple

from services.intake.call_backs import events as call_back_events
from services.intake.call_backs.domain import CallBack
from services.intake.call_backs.repository import CallBacks, name_of
from services.intake.call_backs.values import CallBackEnd
from services.intake.cases.coordination.limits import is_urgent
from services.intake.cases.repository import Cases
from services.intake.families.repository import Families
from services.intake.families.vault_records import phone_key
from services.intake.telephony.commands import phone_of
from services.intake.telephony.domain import PhoneCall
from services.intake.telephony.policy import Telephony
from services.intake.telephony.repository import KEPT, PHONE, PhoneCalls, id_of
from services.intake.telephony.values import CallFact, Direction, EventName, ProviderName
from services.intake.telephony.views import AcceptedView
from shared import clock, ids
from shared.api import inputs
from shared.errors import VersionConflict
from shared.events.base import Event
from shared.observability import count
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row, UniqueName
from shared.storage.store import NameTaken


class _Effect(NamedTuple):
    """A call-back before and after a call."""

    before: CallBack | None
    after: CallBack | None


def take_telephony_event(
    provider: ProviderName,
    caller: Telephony,
    request: inputs.Request,
    context: CommandContext,
    phone_calls: PhoneCalls,
    call_backs: CallBacks,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> AcceptedView:
    """Take an event of a telephony provider; one that says nothing new changes nothing.

    One of a kind that is not listened to is answered in the same way, or it would be sent for ever.
    """
    fact = caller.fact(request)
    if fact is None:
        count("telephony_events_left")
        return AcceptedView()
    phone = phone_of(fact)
    if phone is None:
        return AcceptedView()
    known = phone_calls.find(id_of(provider, fact.call))
    # The provider's clock may be ahead of ours, and nothing is later than what has just been said.
    fact = fact.model_copy(update={"at": min(fact.at, clock.now())})
    region, index = caller.region_of(fact.line), phone_key(phone, vault)
    call = known or _new_call(fact, provider, region, index)
    after = call.hear(fact)
    if known is not None and after is known:
        return AcceptedView()
    effect = _effect(known, after, call_backs, families, cases)
    sealed = {PHONE: phone}
    until = clock.wall() + KEPT
    writes = [] if known else vault.seal(call.call_id, call.call_id, sealed, expires_at=until)
    parts = _parts(effect, call_backs)
    try:
        phone_calls.save(
            context,
            after,
            *parts.rows,
            events=parts.events,
            unique=parts.unique,
            release=parts.release,
            writes=writes,
        )
    except NameTaken:
        raise VersionConflict from None
    return AcceptedView()


def take_named_event(
    provider: ProviderName,
    kind: EventName,
    caller: Telephony,
    request: inputs.Request,
    context: CommandContext,
    phone_calls: PhoneCalls,
    call_backs: CallBacks,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> AcceptedView:
    """Take an event whose name the provider adds to the address, as Mango Office does."""
    context.action = f"take_telephony_event_{kind}"
    return take_telephony_event(
        provider, caller, request, context, phone_calls, call_backs, families, cases, vault
    )


def take_event_of_part(
    provider: ProviderName,
    kind: EventName,
    part: EventName,
    caller: Telephony,
    request: inputs.Request,
    context: CommandContext,
    phone_calls: PhoneCalls,
    call_backs: CallBacks,
    families: Families,
    cases: Cases,
    vault: Vault,
) -> AcceptedView:
    """Take an event whose name has two parts, such as Mango's `record/added`."""
    named = f"{kind}_{part}"
    return take_named_event(
        provider, named, caller, request, context, phone_calls, call_backs, families, cases, vault
    )


def _new_call(fact: CallFact, provider: str, region: str, index: str) -> PhoneCall:
    return PhoneCall(
        call_id=id_of(provider, fact.call),
        provider=provider,
        region=region,
        index=index,
        direction=fact.direction,
        began_at=fact.at,
    )


def _effect(
    before: PhoneCall | None,
    call: PhoneCall,
    call_backs: CallBacks,
    families: Families,
    cases: Cases,
) -> _Effect:
    """Return what a call does to the call-back of its phone."""
    missed = call.missed and not (before is not None and before.missed)
    answered = call.answered and not (before is not None and before.answered)
    if not missed and not answered:
        return _Effect(None, None)
    open_one = call_backs.of_phone(call.region, call.index)
    if missed:
        again = open_one.miss_again(clock.now(), call.began_at) if open_one else None
        return _Effect(open_one, again or _ask(call, families, cases))
    # A call that was answered before the last one was missed ends nothing.
    if open_one is None or call.began_at < open_one.missed_at:
        return _Effect(None, None)
    reason = CallBackEnd.CALLED_AGAIN if call.direction is Direction.IN else CallBackEnd.REACHED
    return _Effect(open_one, open_one.end(clock.now(), reason))


def _ask(call: PhoneCall, families: Families, cases: Cases) -> CallBack:
    """Return a call-back for a missed call; sooner for a family that cannot wait."""
    holders = families.holders(call.index).of(call.region)
    open_cases = [
        cases.get(each.case_id)
        for holder in holders[:1]
        for each in families.get(holder).open_cases
    ]
    return CallBack.ask(
        clock.now(),
        missed_at=call.began_at,
        call_back_id=ids.new("cbk"),
        region=call.region,
        index=call.index,
        subject=call.call_id,
        record=call.call_id,
        known=bool(holders),
        urgent=any(is_urgent(case) for case in open_cases),
    )


class _Parts(NamedTuple):
    """What the effect adds to the commit of a call."""

    rows: list[Row]
    unique: list[UniqueName]
    release: list[UniqueName]
    events: list[Event]


def _parts(effect: _Effect, call_backs: CallBacks) -> _Parts:
    before, after = effect
    if after is None:
        return _Parts([], [], [], [])
    name = name_of(after)
    return _Parts(
        rows=[call_backs.row(after)],
        unique=[name] if before is None else [],
        release=[name] if after.ended_at is not None else [],
        events=call_back_events.of_change(before, after),
    )
