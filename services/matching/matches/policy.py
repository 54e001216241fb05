"""A match as `policy.cedar` sees it, and the side of it that acts."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from services.matching.bonds.policy import FAMILY, as_record
from services.matching.families.domain import Family
from services.matching.families.repository import Families
from services.matching.guardians.domain import Guardian
from services.matching.guardians.policy import shown_to as guardians_shown_to
from services.matching.guardians.repository import Guardians
from services.matching.matches.commands import ActingForSide
from services.matching.matches.domain import Match
from services.matching.matches.repository import Matches
from services.matching.matches.values import Party
from services.matching.policy import POLICY
from shared import clock
from shared.errors import IllegalStep, Invalid, NotFound
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.reference import regions
from shared.storage.command_context import CommandContext

OWN_SIDES = {"guardian_rep": Party.GUARDIAN, FAMILY: Party.FAMILY}


class Acting(NamedTuple):
    """Who would take a step, for which sides, and when."""

    caller: Principal
    sides: tuple[Party, ...]
    at: datetime
    case_is_closed: Callable[[str], bool]


def _always(match: Match, acting: Acting) -> bool:
    return True


def _may_accept(match: Match, acting: Acting) -> bool:
    answered = {answer.side for answer in match.answers}
    return not answered.issuperset(acting.sides)


def _may_sign(match: Match, acting: Acting) -> bool:
    """Return whether a text waits for a signature that this caller may give."""
    text = match.unsigned_agreement
    if text is None or acting.caller.id in match.signed_by:
        return False
    if acting.caller.role not in OWN_SIDES and text.by_headquarters is not None:
        return False
    return not text.signed_by_sides.issuperset(acting.sides)


def _may_call(match: Match, acting: Acting) -> bool:
    zone = regions.zone(match.region)
    return any(call.may_be_made(acting.at, zone) for call in match.follow_ups)


def _may_correct_call(match: Match, acting: Acting) -> bool:
    return any(call.attempts for call in match.follow_ups)


def _may_notify(match: Match, acting: Acting) -> bool:
    return not {notice.by for notice in match.notices}.issuperset(acting.sides)


def _may_withdraw(match: Match, acting: Acting) -> bool:
    """Return whether a notice of the caller's sides can be taken back; a closed case's stays."""
    own = {notice.by for notice in match.notices}.intersection(acting.sides)
    return bool(own) and (own != {Party.FAMILY} or not acting.case_is_closed(match.case_id))


# Steps that the state allows and that would be refused, or would say what is known already.
USEFUL: Mapping[str, Callable[[Match, Acting], bool]] = {
    "accept": _may_accept,
    "explain_delay": lambda match, acting: match.late_at(acting.at),
    "record_late_introduction": lambda match, acting: match.recordable_late(acting.at),
    "sign_agreement": _may_sign,
    "record_call": _may_call,
    "correct_call": _may_correct_call,
    "notify_termination": _may_notify,
    "withdraw_notice": _may_withdraw,
    "lift_exclusion": lambda match, _: match.ending is not None and match.ending.excludes,
    "end": lambda match, acting: not match.awaits_notice(acting.at),
}


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
    caller = as_record(principal, match.family_id, matches.store)
    POLICY.require(caller, action, match_resource(match))
    families = Families(matches.store)
    return shown_to(caller, match, lambda case_id: bool(families.closed_of([case_id])))


def load_proposed(
    guardian_id: str, family: Family, caller: Principal, guardians: Guardians
) -> Guardian:
    """Return a guardian of the family's region that is not the caller's own organisation."""
    guardian = guardians.get(guardian_id)
    if guardian.region != family.region:
        raise NotFound("guardian", guardian_id)
    if guardian.guardian_id == caller.org:
        raise IllegalStep("second_person_needed", ("view_candidates",))
    return guardian


def load_guardian(match: Match, caller: Principal, guardians: Guardians) -> Guardian:
    """Return the guardian of a match; what it refuses offers that caller's own steps with it."""
    return guardians_shown_to(caller)(guardians.get(match.guardian_id))


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


def shown_to(caller: Principal, match: Match, case_is_closed: Callable[[str], bool]) -> Match:
    """Return the match as it is shown to a caller: with the steps that are the caller's own."""
    may = POLICY.may_take(caller, match_resource(match), {})
    own = OWN_SIDES.get(caller.role)
    acting = Acting(caller, tuple(Party) if own is None else (own,), clock.now(), case_is_closed)
    return match.shown_to(lambda step: may(step) and USEFUL.get(step, _always)(match, acting))


def region_of_family(region: str | None) -> str:
    """Return the region whose rows a family lists, one by one: its token names none."""
    if region is None:
        raise Invalid("region_of_family_required", "region")
    return region
