"""Calls by the phones of a family: shown to it while they are kept, and forgotten as it asks.

A phone that another family has, too, may have rung for that one: its calls are no one's to show.
"""

from collections.abc import Iterator
from typing import NamedTuple

from services.intake.call_backs.domain import CallBack
from services.intake.call_backs.repository import CallBacks
from services.intake.families.domain import Family
from services.intake.families.repository import Families
from services.intake.telephony.domain import PhoneCall
from services.intake.telephony.repository import PhoneCalls


class OwnCalls(NamedTuple):
    """The calls of one phone, the oldest first, and whether it is to be called back."""

    calls: tuple[PhoneCall, ...] = ()
    call_back: CallBack | None = None


def own_calls(family: Family, phone: str, families: Families) -> OwnCalls:
    """Return what is kept of calls by a phone which the family alone has, or had."""
    holders = families.living(families.holders(phone).of(family.region))
    if any(each.family_id != family.family_id for each in holders):
        return OwnCalls()
    store, region = families.store, family.region
    calls = PhoneCalls(store).of_phone(region, phone)
    return OwnCalls(tuple(calls), CallBacks(store).of_phone(region, phone))


def all_own_calls(family: Family, families: Families) -> Iterator[OwnCalls]:
    """Yield what is kept of calls by each of the phones of a family."""
    for each in family.all_contacts:
        yield own_calls(family, each.index, families)
