"""A match as `policy.cedar` sees it, and the side of it that acts."""

from services.matching.matches.commands import ActingForSide
from services.matching.matches.domain import Match
from services.matching.matches.repository import Matches
from services.matching.matches.values import Party
from services.matching.policy import POLICY
from shared import clock
from shared.errors import Invalid
from shared.identity.partitions import Partition
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.storage.command_context import CommandContext

OWN_SIDES = {"guardian_rep": Party.GUARDIAN, "family": Party.FAMILY}


def match_resource(match: Match) -> Resource:
    """Return a match, which belongs to the headquarters, to its guardian and to its family."""
    return Resource(
        type="Match",
        id=match.match_id,
        region=match.region,
        district=match.district,
        org=match.guardian_id,
        person=match.family_id,
        status=match.status.value,
        more={"released": match.contacts_released},
    )


def load_authorised(match_id: str, action: str, principal: Principal, matches: Matches) -> Match:
    """Return the match when the caller may do this to it; it offers that caller's own steps."""
    match = matches.get(match_id)
    POLICY.require(principal, action, match_resource(match))
    return shown_to(principal, match)


def acting_side(body: ActingForSide, context: CommandContext, match: Match) -> Party:
    """Return which side acts: its own people, or the headquarters for it, with evidence."""
    own = OWN_SIDES.get(context.actor.role)
    if own is not None:
        if body.by not in (None, own):
            raise Invalid("not_your_side", "/by")
        return own
    if body.by is None:
        raise Invalid("side_missing", "/by")
    if body.evidence is None:
        raise Invalid("evidence_missing", "/evidence")
    represented = match.family_id if body.by is Party.FAMILY else match.guardian_id
    context.actor = context.actor.acting_for(represented, body.evidence)
    return body.by


def shown_to(caller: Principal, match: Match) -> Match:
    """Return the match as it is shown to a caller: with the steps that are the caller's own."""
    may = POLICY.may_take(caller, match_resource(match), {})
    answered = {answer.side for answer in match.answers}
    needless = set[str]()
    if OWN_SIDES.get(caller.role) in answered or match.both_accepted:
        needless.add("accept")
    if clock.now() <= match.introduction_due_at:
        needless.add("explain_delay")
    if not match.lapsed:
        needless.add("record_late_introduction")
    return match.shown_to(lambda step: step not in needless and may(step))


def whole_own_list(region: str | None) -> None:
    """Refuse a region where a caller lists all of its own: a filter is never passed over."""
    if region is not None:
        raise Invalid("own_list_has_no_region", "region")


def region_of_family(caller: Principal, region: str | None) -> str:
    """Return the region whose rows a family lists: one of its bot's, or the one that it names."""
    if caller.kind == "machine":
        return Partition.of_region(caller, region).region or ""
    if region is None:
        raise Invalid("region_required", "region")
    return region
