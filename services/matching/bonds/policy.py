"""Who acts as one record of a family acts for all of them, since intake has merged them."""

from dataclasses import replace

from services.matching.bonds.repository import Bonds
from shared.principal import Principal

FAMILY = "family"


def as_record(caller: Principal, family_id: str, region: str, bonds: Bonds) -> Principal:
    """Return a caller as the record that is named, when it acts for another one of that family."""
    if caller.role != FAMILY or caller.acts_for == family_id:
        return caller
    one_family = caller.acts_for in bonds.records_of(family_id, region)
    return replace(caller, on_behalf_of=family_id) if one_family else caller


def as_each_record(caller: Principal, region: str, bonds: Bonds) -> dict[str, Principal]:
    """Return a family's caller as each record of the family, by the record's id."""
    records = bonds.records_of(caller.acts_for, region)
    return {each: replace(caller, on_behalf_of=each) for each in records}
