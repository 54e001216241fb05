"""What a caller may do, and which partition of a list is theirs to read.

Guarantees
* Nothing is allowed that no policy permits; a policy that fails to evaluate raises, never allows.
* A caller who may not `view` a resource gets the answer that it does not exist; one who may, and
  asks for more than is theirs, is refused as such.
* A list is decided once, on the partition it reads, and that partition comes from the caller's
  claims: no row of another territory is ever loaded, so none can be forgotten in a filter.

`cedarpy` is imported by the first decision: a path that decides nothing does not pay for it.

What a `policy.cedar` sees: `principal in Role::"regional_hq"` (the acting role only), and on
`principal`: `id kind role regions districts org acts_for nationwide scopes`; on `resource`: `id
region district org person status` and what the service passes in `more`. An absent text is a value
that equals nothing on the other side, so `principal.org == resource.org` is false for two strangers
without an organisation.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic.alias_generators import to_snake
from pydantic_core import to_json

from shared.errors import Forbidden, Invalid, NotFound
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.reference import regions

if TYPE_CHECKING:
    import cedarpy

Attribute = str | bool | int | tuple[str, ...]

DECISIONS = 512
_NO_CALLER = "∅ no caller has this"
_NO_RESOURCE = "∅ no resource has this"


class PolicyFault(RuntimeError):
    """A policy could not be evaluated: a defect of the policy, answered as a failure of ours."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What a decision is about, in the attributes that policies see.

    `type` is the row type in camel case (`CARE_AGREEMENT` → `CareAgreement`), so that a foreign
    resource and an absent one are refused in the same words.
    `person` is the family or person whose own it is; `more` holds what only this service's policy
    asks about (the same names for every resource of a type).
    """

    type: str
    id: str
    region: str | None = None
    district: str | None = None
    org: str | None = None
    person: str | None = None
    status: str | None = None
    more: Mapping[str, Attribute] = field(default_factory=dict)


class Policy:
    """The rules of one service, parsed once, at the first decision.

    A decision hangs on nothing but the rules, the caller and the resource, so the latest are kept:
    who registers one family after another is not judged anew each time.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._decided = lru_cache(maxsize=DECISIONS)(self._decide)

    @classmethod
    def beside(cls, module_file: str) -> Self:
        """Return the rules of the `policy.cedar` beside a module: `Policy.beside(__file__)`."""
        return cls(Path(module_file).with_name("policy.cedar").read_text(encoding="utf-8"))

    @cached_property
    def _parsed(self) -> "cedarpy.PolicySet":
        import cedarpy

        return cedarpy.PolicySet.from_str(self.text)

    def allows(self, principal: Principal, action: str, resource: Resource) -> bool:
        """Whether some rule permits this and none forbids it."""
        entity = to_json([_entity_of(resource)]).decode()
        return self._decided(principal, action, resource.type, resource.id, entity)

    def _decide(
        self, principal: Principal, action: str, kind: str, identifier: str, entity: str
    ) -> bool:
        import cedarpy

        result = cedarpy.is_authorized(
            {
                "principal": {"type": "Principal", "id": principal.id},
                "action": {"type": "Action", "id": action},
                "resource": {"type": kind, "id": identifier},
            },
            self._parsed,
            _entities_of(principal).with_added_json_str(entity),
        )
        if result.diagnostics.errors:
            raise PolicyFault("; ".join(result.diagnostics.errors))
        return result.allowed

    def require(self, principal: Principal, action: str, resource: Resource) -> None:
        """Pass, or raise NotFound when even `view` is denied, else Forbidden."""
        if self.allows(principal, action, resource):
            return
        if action != "view" and self.allows(principal, "view", resource):
            raise Forbidden(action)
        raise NotFound(to_snake(resource.type))

    def may_take(
        self, principal: Principal, resource: Resource, actions: Mapping[str, str]
    ) -> Callable[[str], bool]:
        """Return which steps the caller may take; `actions` are those of another name."""
        return cache(lambda step: self.allows(principal, actions.get(step, step), resource))

    def require_create(self, principal: Principal, action: str, target: Resource) -> None:
        """Pass, or refuse to make something new on a territory: foreign 404, own 403.

        Who may make it in a district of the claims, and names another, has mistyped it: 422.
        """
        if self.allows(principal, action, target):
            return
        if target.region is None:
            raise Forbidden(action)
        if not principal.covers(target.region):
            raise NotFound("region", pointer="/region")
        for pointer, there in _in_own_districts(principal, target):
            if self.allows(principal, action, there):
                own = regions.district_titles(target.region, principal.districts)
                raise Invalid("district_not_yours", pointer, own=own)
        raise Forbidden(action)

    def require_list(
        self,
        principal: Principal,
        action: str,
        resource_type: str,
        partition: Partition,
        more: Mapping[str, Attribute] | None = None,
    ) -> str:
        """Decide a list once and give the key of the partition to query.

        `more` says what the rules ask about every row of that partition.
        """
        target = Resource(
            type=resource_type,
            id=partition.key,
            region=partition.region,
            district=partition.district,
            org=partition.org,
            person=partition.person,
            more=more or {},
        )
        if not self.allows(principal, action, target):
            raise Forbidden(action)
        return partition.key


@lru_cache(maxsize=128)
def _entities_of(principal: Principal) -> "cedarpy.Entities":
    """Return a caller as Cedar knows it; cached, since parsing is half of a decision."""
    import cedarpy

    entity = {
        "uid": {"type": "Principal", "id": principal.id},
        "parents": [{"type": "Role", "id": principal.role}],
        "attrs": {
            "id": principal.id,
            "kind": principal.kind,
            "role": principal.role,
            "regions": principal.regions,
            "districts": principal.districts,
            "org": principal.org or _NO_CALLER,
            "scopes": principal.scopes,
            "acts_for": principal.acts_for,
            "nationwide": principal.nationwide,
        },
    }
    return cedarpy.Entities.from_json_str(to_json([entity]).decode())


def _entity_of(resource: Resource) -> dict[str, Any]:
    return {
        "uid": {"type": resource.type, "id": resource.id},
        "parents": [],
        "attrs": {
            **resource.more,
            "id": resource.id,
            "region": resource.region or _NO_RESOURCE,
            "district": resource.district or _NO_RESOURCE,
            "org": resource.org or _NO_RESOURCE,
            "person": resource.person or _NO_RESOURCE,
            "status": resource.status or _NO_RESOURCE,
        },
    }


def _in_own_districts(principal: Principal, target: Resource) -> Iterator[tuple[str, Resource]]:
    """Yield the target as it would be in the districts of the claims, and the field they are in."""
    for district in principal.districts:
        yield "/district_id", replace(target, district=district)
    if "districts" in target.more:
        own = {**target.more, "districts": principal.districts}
        yield "/district_ids", replace(target, more=own)
