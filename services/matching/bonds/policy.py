"""A family as `policy.cedar` sees it: who speaks for one of its records speaks for them all."""

from dataclasses import replace

from services.matching.bonds.domain import FamilyBond
from services.matching.bonds.repository import Bonds
from services.matching.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.storage.store import Store

FAMILY = "family"


def as_record(caller: Principal, family_id: str, store: Store) -> Principal:
    """Return a caller as that record which something belongs to, when it is its own family's."""
    if caller.role != FAMILY or caller.acts_for == family_id:
        return caller
    own = family_id in Bonds(store).records_of(caller.acts_for)
    return replace(caller, on_behalf_of=family_id) if own else caller


def as_each_record(caller: Principal, store: Store) -> list[Principal]:
    """Return a family as each of its records, the whole one first."""
    records = Bonds(store).records_of(caller.acts_for)
    return [replace(caller, on_behalf_of=each) for each in records]


def load_authorised(family_id: str, action: str, caller: Principal, bonds: Bonds) -> FamilyBond:
    """Load the bond of a family's record for an action; raises NotFound or Forbidden."""
    bond = bonds.get(family_id)
    reader = as_record(caller, family_id, bonds.store)
    resource = Resource("Family", family_id, region=bond.region, person=family_id)
    POLICY.require(reader, action, resource)
    return bond
