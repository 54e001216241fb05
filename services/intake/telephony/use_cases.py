"""What an event of telephony does: a missed call is called back, an answered one ends that.

Events come in any order and more than once; the call's row says what is known already, so each
fact has one effect. That a call broke off is what its operator says: telephony knows no difference.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Self

from services.intake.call_backs import events as call_back_events
from services.intake.call_backs.domain import CallBack
from services.intake.call_backs.repository import CallBacks, name_of
from services.intake.call_backs.values import PHONE_KEPT, CallBackEnd
from services.intake.cases.coordination.limits import is_urgent
from services.intake.cases.repository import Cases
from services.intake.families.repository import Families
from services.intake.families.vault_records import phone_key
from services.intake.policy import POLICY
from services.intake.telephony.commands import phone_of
from services.intake.telephony.domain import PhoneCall
from services.intake.telephony.policy import Telephony, resource
from services.intake.telephony.repository import PHONE, PhoneCalls, id_of
from services.intake.telephony.values import CallFact, CallId, Direction, EventName, ProviderName
from services.intake.telephony.views import AcceptedView
from shared import clock, ids
from shared.api import inputs
from shared.errors import IllegalStep, VersionConflict
from shared.observability import count
from shared.privacy.vault import Vault
from shared.storage import connection
from shared.storage.command_context import CommandContext, Effects, Receipt
from shared.storage.rows import RawWrite
from shared.storage.store import Store
from shared.storage.transaction import NameTaken


class Effect(NamedTuple):
    """A call-back before and after a call; neither when the call changes none."""

    before: CallBack | None = None
    after: CallBack | None = None


class Calls:
    """Calls as they are kept, their phones, and what they do to the call-backs of these."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.kept, self.call_backs, self.vault = PhoneCalls(store), CallBacks(store), vault
        self._families = Families(store)
        self._cases = Cases(store)

    @classmethod
    def connect(cls) -> Self:
        """Return the calls of this container's tables."""
        return cls(connection.store(), Vault.connect())

    def effect_of(self, before: PhoneCall | None, call: PhoneCall) -> Effect:
        """Return what news of a call does; of a call that was missed before nothing is new."""
        missed = call.missed and not (before is not None and before.missed)
        answered = call.answered and not (before is not None and before.answered)
        if not missed and not answered:
            return Effect()
        open_one = self.call_backs.of_phone(call.region, call.index)
        return self._lost(call, open_one) if missed else _answered(call, open_one)

    def effect_of_break(self, before: PhoneCall, call: PhoneCall) -> Effect:
        """Return what it does that a call broke off; of one that did before nothing is new."""
        open_one = self.call_backs.of_phone(call.region, call.index)
        return Effect(open_one, open_one) if before.broke_off else self._lost(call, open_one)

    def _lost(self, call: PhoneCall, open_one: CallBack | None) -> Effect:
        """Ask for a call-back, unless the caller has got through since: news come in any order."""
        latest = self.kept.latest_answered(call.region, call.index)
        if latest and latest.call_id != call.call_id and latest.began_at >= call.began_at:
            return Effect()
        facts: dict[str, Any] = {
            "missed_at": call.began_at,
            "heard_at": call.heard_at,
            "call_id": call.call_id,
            "broke_off": call.broke_off,
        }
        if open_one is not None:
            return Effect(open_one, open_one.miss_again(clock.now(), **facts))
        return Effect(None, self._ask(call, facts))

    def _ask(self, call: PhoneCall, facts: dict[str, Any]) -> CallBack:
        """Return a call-back; sooner when a family that has the phone cannot wait."""
        families = self._families.with_contact(call.index, call.region)
        open_cases = self._cases.get_many(
            each.case_id for family in families for each in family.open_cases
        )
        return CallBack.ask(
            clock.now(),
            call_back_id=ids.new("cbk"),
            region=call.region,
            index=call.index,
            known=bool(families),
            urgent=any(is_urgent(case) for case in open_cases),
            **facts,
        )


def take_telephony_event(
    provider: ProviderName,
    caller: Telephony,
    request: inputs.Request,
    context: CommandContext,
    calls: Calls,
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
    known = calls.kept.find(id_of(provider, fact.call))
    # The provider's clock may be ahead of ours, and nothing is later than what has just been said.
    fact = fact.model_copy(update={"at": min(fact.at, clock.now())})
    region, index = caller.region_of(fact.line), phone_key(phone, calls.vault)
    call = known or _new_call(fact, provider, region, index)
    after = call.hear(fact)
    if after is not known:
        writes = [] if known else _sealed(call, phone, calls.vault)
        _save(after, calls.effect_of(known, after), writes, context, calls)
    return AcceptedView()


def take_named_event(
    provider: ProviderName,
    kind: EventName,
    caller: Telephony,
    request: inputs.Request,
    context: CommandContext,
    calls: Calls,
) -> AcceptedView:
    """Take an event whose name the provider adds to the address, as Mango Office does."""
    return take_telephony_event(provider, caller, request, context, calls)


def take_event_of_part(
    provider: ProviderName,
    kind: EventName,
    part: EventName,
    caller: Telephony,
    request: inputs.Request,
    context: CommandContext,
    calls: Calls,
) -> AcceptedView:
    """Take an event whose name has two parts, such as Mango's `record/added`."""
    return take_telephony_event(provider, caller, request, context, calls)


def report_broken_call(call_id: CallId, context: CommandContext, calls: Calls) -> Receipt:
    """Say that a call broke off before you knew what is needed: who called is called back."""
    call = calls.kept.get(call_id)
    POLICY.require(context.actor, "report_broken_call", resource(call))
    broken = call.break_off()
    effect = calls.effect_of_break(call, broken)
    if effect.after is None or not calls.vault.keeps(call_id, call_id):
        raise IllegalStep("call_back_is_ended")
    row = calls.kept.row(broken)
    with _one_per_phone():
        return calls.call_backs.save(context, effect.after, row, **_beside(effect))


def _answered(call: PhoneCall, open_one: CallBack | None) -> Effect:
    """End a call-back; a call that was answered before the last one was missed ends nothing.

    The last one itself may be heard of as answered after its end, whose time is later.
    """
    if open_one is None:
        return Effect()
    if call.began_at < open_one.missed_at and call.call_id != open_one.call_id:
        return Effect()
    reason = CallBackEnd.CALLED_AGAIN if call.direction is Direction.IN else CallBackEnd.REACHED
    return Effect(open_one, open_one.end(clock.now(), reason))


def _new_call(fact: CallFact, provider: str, region: str, index: str) -> PhoneCall:
    return PhoneCall(
        call_id=id_of(provider, fact.call),
        region=region,
        index=index,
        direction=fact.direction,
        began_at=fact.at,
        heard_at=clock.now(),
    )


def _sealed(call: PhoneCall, phone: str, vault: Vault) -> list[RawWrite]:
    until = clock.wall() + PHONE_KEPT
    return vault.seal(call.call_id, call.call_id, {PHONE: phone}, expires_at=until)


def _save(
    call: PhoneCall,
    effect: Effect,
    writes: list[RawWrite],
    context: CommandContext,
    calls: Calls,
) -> None:
    """Store a call with the call-back that it changes, whose phone has one that is open."""
    after = effect.after
    rows = [] if after is None else [calls.call_backs.row(after)]
    with _one_per_phone():
        calls.kept.save(context, call, *rows, **_beside(effect, writes))


def _beside(effect: Effect, writes: Sequence[RawWrite] = ()) -> Effects:
    """Return the events of a call-back, and whether it takes or gives back its phone's name."""
    before, after = effect
    if after is None:
        return {"writes": writes}
    return {
        "writes": writes,
        "events": call_back_events.of_change(before, after),
        "unique": [name_of(after)] if before is None else [],
        "release": [name_of(before)] if before is not None and after.ended_at else [],
    }


@contextmanager
def _one_per_phone() -> Iterator[None]:
    """Let what meets another call-back of its phone be tried again."""
    try:
        yield
    except NameTaken:
        raise VersionConflict from None
