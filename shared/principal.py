"""Who is calling: one frozen value, made at the edge and carried into policy and audit.

A caller holds one role at a time and data rights follow that role alone. A family never has an
account: it acts through a bot that has proved it, a signed link, or HQ on its behalf, and then
`id` names the carrier, `on_behalf_of` the family and `evidence` the code of the proof; the audit
names them all. People without accounts prove the contact that one service keeps of them; their
`audience` is that service, and no other takes them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

from shared.errors import Forbidden, Invalid

Kind = Literal["person", "machine", "link", "system"]

NATIONWIDE = "*"
# Who works for the programme, as an issuer names its accounts: «auth0|5f7c».
USER_ID = r"[A-Za-z0-9_.:|@-]{1,128}"
# A role, a region, a scope: a context has several of them with commas between.
CLAIM_WORD = re.compile(r"[A-Za-z0-9_*:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller as the edge has proved it, acting in one role."""

    id: str
    kind: Kind
    role: str
    roles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    org: str | None = None
    scopes: tuple[str, ...] = ()
    on_behalf_of: str | None = None
    evidence: str | None = None
    audience: str | None = None

    @property
    def acts_for(self) -> str:
        """The person or family whose own data is meant: the represented one, else the caller."""
        return self.on_behalf_of or self.id

    @property
    def nationwide(self) -> bool:
        """Whether the claims cover every region."""
        return NATIONWIDE in self.regions

    def covers(self, region: str) -> bool:
        """Whether the claims cover that region."""
        return self.nationwide or region in self.regions

    def acting_as(self, role: str | None) -> "Principal":
        """Return the same caller in one of their roles; with a single role none need be named."""
        if role is None and len(self.roles) != 1:
            raise Invalid("role_required", "Ryadom-Role", roles=", ".join(self.roles))
        chosen = self.roles[0] if role is None else role
        if chosen not in self.roles:
            raise Forbidden("act_as", "role_not_held")
        return replace(self, role=chosen)

    def acting_for(self, family: str, evidence: str) -> "Principal":
        """Return the same caller acting for a family, with the code of how that was proved."""
        return replace(self, on_behalf_of=family, evidence=evidence)

    def context(self) -> dict[str, str]:
        """Return the claims as an authorizer may hand them on: strings only."""
        said = ((name, getattr(self, name)) for name in _CLAIMS)
        return {n: ",".join(v) if isinstance(v, tuple) else v or "" for n, v in said}

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Return the caller of `context()` beside its `principalId`, in no role yet."""
        said = ((name, many, str(context.get(name) or "")) for name, many in _CLAIMS.items())
        claims: dict[str, Any] = {
            name: tuple(filter(None, text.split(","))) if many else text or None
            for name, many, text in said
        }
        return cls(id=str(context["principalId"]), role="", **claims)


# Of each claim, whether it is a list.
_CLAIMS = {
    each.name: isinstance(each.default, tuple)
    for each in fields(Principal)
    if each.name not in ("id", "role")
}


def system(name: str) -> Principal:
    """Return the system itself: a timer or a reaction, by name."""
    return Principal(id=f"system:{name}", kind="system", role="system", roles=("system",))
