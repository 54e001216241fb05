"""Who calls an operation, on what, and with which call that succeeds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from shared import ids
from shared.principal import Principal
from tests.support.api import Api
from tests.support.world import World


@dataclass(frozen=True)
class Caller:
    """A caller whose role may call the operation, the real things it names, and a good call.

    `keep` names the fields of the body that generated bodies borrow from the good one, because
    nobody guesses them: links, ids of seeded things, the number of a card. `device` names texts
    that a device read: whatever signs it sends (a scanner ends with CR LF) are answered.
    The headers of a `signed` call are right for its own body alone; a browser posts a `form`.
    What fits a body `by_data` is in no document.
    """

    who: Principal | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    keep: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    signed: bool = False
    form: bool = False
    by_data: bool = False

    def elsewhere(self) -> Self:
        """The same call by one of its role in another region, organisation and family.

        Of a role that works in all regions, by somebody who has it not.
        """
        assert self.who is not None
        who = self.who
        if who.nationwide:
            of_no_role = replace(who, role="volunteer", roles=("volunteer",), scopes=())
            return replace(self, who=replace(of_no_role, id="elsewhere", regions=("YY",)))
        stranger = replace(
            who,
            id=ids.new("fam") if who.role == "family" else "elsewhere",
            regions=("YY",) if who.regions else (),
            districts=(),
            org=who.org and ids.new("gua"),
            on_behalf_of=who.on_behalf_of and ids.new("fam"),
        )
        return replace(self, who=stranger)


@dataclass(frozen=True)
class SeededService:
    """A service with seeded data, and a caller for each of its operations."""

    service: str
    world: World
    api: Api
    callers: Mapping[str, Caller]
