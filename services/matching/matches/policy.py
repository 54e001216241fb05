"""A match as `policy.cedar` sees it, and the side of it that acts."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from services.matching.bonds.policy import FAMILY, as_record
from services.matching.families.domain import Family
from services.matching.families.repository import Families
from services.matching.guardians.domain import Guardian
from services.matching.guardians.policy import shown_to as guardians_shown_to
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianStatus
from services.matching.matches.commands import ActingForSide
from services.matching.matches.domain import Match
from services.matching.matches.repository import Matches
from services.matching.matches.values import MatchStatus, Party
from services.matching.participation.values import current
from services.matching.policy import POLICY
from shared import clock
from shared.errors import IllegalStep, Invalid, NotFound
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.reference import regions
from shared.storage.command_context import CommandContext
from shared.storage.store import Store

OWN_SIDES = {"guardian_rep": Party.GUARDIAN, FAMILY: Party.FAMILY}


class Beside:
    """What steps of some matches hang on beside them, read once for all when a step asks for it."""

    def __init__(self, matches: Iterable[Match], store: Store) -> None:
        self._matches, self._store = tuple(matches), store

    @cached_property
    def closed_cases(self) -> frozenset[str]:
        """The cases of matches that are ending whose families need no guardian any more."""
        ending = (each.case_id for each in self._matches if each.status is MatchStatus.ENDING)
        return Families(self._store).closed_of(ending)

    def guardian_of(self, match: Match) -> Guardian:
        """Return the guardian of a match that is agreed on, or waits for signatures."""
        return self._guardians[match.guardian_id]

    @cached_property
    def _guardians(self) -> Mapping[str, Guardian]:
        asked = (
            each.guardian_id
            for each in self._matches
            if each.status is MatchStatus.AGREED or each.unsigned_since
        )
        return {each.guardian_id: each for each in Guardians(self._store).get_many(asked)}


class Acting(NamedTuple):
    """Who would take a step, for which sides, when, and what it hangs on beside the match."""

    caller: Principal
    sides: tuple[Party, ...]
    at: datetime
    beside: Beside


def _always(match: Match, acting: Acting) -> bool:
    return True


def _may_accept(match: Match, acting: Acting) -> bool:
    answered = {answer.side for answer in match.answers}
    return not answered.issuperset(acting.sides)


def _may_sign(match: Match, acting: Acting) -> bool:
    """Return whether a text waits for a signature that this caller may give by now."""
    text = match.unsigned_agreement
    if text is None or acting.caller.id in match.signed_by:
        return False
    if acting.caller.role not in OWN_SIDES and text.by_headquarters is not None:
        return False
    if text.signed_by_sides.issuperset(acting.sides):
        return False
    return acting.beside.guardian_of(match).participation_signed(current().text_hash)


def _may_help(match: Match, acting: Acting) -> bool:
    """Return whether care may go on, or begin: a guardian that rests begins none."""
    if match.status is not MatchStatus.AGREED:
        return True
    return acting.beside.guardian_of(match).status is not GuardianStatus.PAUSED


def _may_call(match: Match, acting: Acting) -> bool:
    zone = regions.zone(match.region)
    return any(call.may_be_made(acting.at, zone) for call in match.follow_ups)


def _may_correct_call(match: Match, acting: Acting) -> bool:
    return any(call.attempts for call in match.follow_ups)


def _may_write(match: Match, acting: Acting) -> bool:
    return not match.family_forgotten


def _may_notify(match: Match, acting: Acting) -> bool:
    return not {notice.by for notice in match.notices}.issuperset(acting.sides)


def _may_withdraw(match: Match, acting: Acting) -> bool:
    """Return whether a notice of the caller's sides can be taken back; a closed case's stays."""
    own = {notice.by for notice in match.notices}.intersection(acting.sides)
    return bool(own) and (own != {Party.FAMILY} or match.case_id not in acting.beside.closed_cases)


# Steps that the state allows and that would be refused, or would say what is known already.
USEFUL: Mapping[str, Callable[[Match, Acting], bool]] = {
    "accept": _may_accept,
    "explain_delay": lambda match, acting: match.late_at(acting.at),
    "record_late_introduction": lambda match, acting: match.recordable_late(acting.at),
    "draft_agreement": lambda match, _: bool(match.needs),
    "sign_agreement": _may_sign,
    "record_help": _may_help,
    "record_call": _may_call,
    "correct_call": _may_correct_call,
    "submit_story": _may_write,
    "raise_concern": _may_write,
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
    return shown_to(caller, match, Beside([match], matches.store))


def load_proposed(
    guardian_id: str, family: Family, caller: Principal, guardians: Guardians
) -> Guardian:
    """Return a guardian of the family's region that is not the caller's own organisation."""
    guardian = guardians.get(guardian_id)
    if guardian.region != family.region:
        raise NotFound("guardian")
    if guardian.guardian_id == caller.org:
        raise IllegalStep("own_guardian", ("view_candidates",))
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
        if body.evidence is not None:
            raise Invalid("evidence_of_own_word", "/evidence")
        return own
    if body.by is None:
        raise Invalid("side_missing", "/by")
    if body.evidence is None:
        raise Invalid("evidence_missing", "/evidence")
    represented = match.family_id if body.by is Party.FAMILY else match.guardian_id
    context.actor = context.actor.acting_for(represented, body.evidence)
    return body.by


def shown_to(caller: Principal, match: Match, beside: Beside) -> Match:
    """Return the match as it is shown to a caller: with the steps that are the caller's own."""
    may = POLICY.may_take(caller, match_resource(match), {})
    own = OWN_SIDES.get(caller.role)
    acting = Acting(caller, tuple(Party) if own is None else (own,), clock.now(), beside)
    return match.shown_to(lambda step: may(step) and USEFUL.get(step, _always)(match, acting))


def region_of_family(region: str | None) -> str:
    """Return the region whose rows a family lists, one by one: its token names none."""
    if region is None:
        raise Invalid("region_of_family_required", "region")
    return region
