"""What every use case has at hand: the cases, the vault and the rules of access."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.intake.cases import events
from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases, names_to_release
from services.intake.cases.values import Stamp
from services.intake.codes.values import Evidence, Purpose
from services.intake.providers.repository import Providers
from shared import clock
from shared.errors import IllegalStep, Invalid, NotFound
from shared.identity import signed_links
from shared.identity.policy import Attribute, Policy, Resource
from shared.identity.signed_links import Link
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite
from shared.storage.store import NameTaken

OPERATOR_SEES = timedelta(days=30)
REQUEST = "Request"


@dataclass(frozen=True, slots=True)
class Desk:
    """A place to work at."""

    cases: Cases
    providers: Providers
    vault: Vault
    policy: Policy

    def find(self, principal: Principal, action: str, case_id: str) -> Case:
        """The case, for somebody who may do this to it; a foreign one is as absent as none."""
        case = self.cases.find(case_id)
        if case is None:
            raise NotFound(REQUEST, case_id)
        self.policy.require(principal, action, resource(case))
        return case

    def open(self, context: CommandContext, action: str, case_id: str) -> Case:
        """The case, for a command."""
        return self.find(context.actor, action, case_id)

    def open_for_family(
        self, context: CommandContext, action: str, case_id: str, evidence: Evidence | None
    ) -> Case:
        """The case, for something its family wants; whoever else does it says how they know."""
        case = self.open(context, action, case_id)
        if context.actor.role != "family":
            if evidence is None:
                raise Invalid("evidence_required", "/evidence")
            context.actor = context.actor.acting_for(case_id, evidence)
        return case

    def check_provider(self, case: Case, provider_id: str) -> None:
        """Raise Invalid unless the provider works in the family's region."""
        provider = self.providers.find(provider_id)
        if provider is None or provider.region != case.region:
            raise Invalid("unknown_provider", "/provider_id")

    def save(
        self,
        context: CommandContext,
        before: Case,
        after: Case,
        *,
        writes: Sequence[RawWrite] = (),
        link: Link | None = None,
        existing: bool = False,
    ) -> Receipt:
        """Store a step of a case and tell of it.

        A `link` through which the family came is spent by it. `existing` says that the command
        would have created a case that was there already.
        """
        unique = () if link is None else (signed_links.once(link),)
        try:
            if after is before:
                done = receipt(before).model_copy(update={"existing": existing})
                return self.cases.store.commit(context, receipt=done, unique=unique)
            return self.cases.save(
                context,
                after,
                events=events.of_change(before, after),
                unique=unique,
                release=names_to_release(before, after),
                writes=list(writes),
                existing=existing,
            )
        except NameTaken:
            raise IllegalStep("link_already_used", ("ask_for_new_link",)) from None


def receipt(case: Case) -> Receipt:
    """What a command answers that found its work already done."""
    return Receipt(id=case.case_id, version=case.version, status=case.status, number=case.number)


def stamp(context: CommandContext) -> Stamp:
    """Who acts now, and for whom."""
    actor = context.actor
    return Stamp(by=actor.id, role=actor.role, at=clock.now(), for_whom=actor.on_behalf_of)


def resource(case: Case) -> Resource:
    """A case as the policy sees it."""
    guardian = case.match.guardian_id if case.match and case.match.introduced else ""
    return Resource(
        type=REQUEST,
        id=case.case_id,
        region=case.region,
        district=case.district,
        person=case.case_id,
        status=case.status,
        more={
            "registered_by": case.registered_by,
            "recent": is_recent(case.received_at),
            "released_to": guardian if case.allows(Purpose.CONTACT) else "",
            "offices": tuple(
                c.recipient
                for c in case.consents
                if c.purpose is Purpose.SHARE_WITH_OFFICE and c.recipient and c.holds
            ),
        },
    )


def is_recent(received_at: datetime) -> bool:
    """Whether whoever registered the request may still look at it."""
    return clock.now() - received_at < OPERATOR_SEES


def target(region: str, district: str) -> Resource:
    """Where a new request would stand."""
    return Resource(type=REQUEST, id="new", region=region, district=district, more=NOBODYS)


NOBODYS: dict[str, Attribute] = {
    "registered_by": "",
    "recent": False,
    "released_to": "",
    "offices": (),
}
