"""Cases as `policy.cedar` sees them: what the family allows decides who else may look.

Who may `view` a case knows that it exists; the case file is another right, `view_file`.
"""

from collections.abc import Callable
from dataclasses import replace

from services.intake.cases import care_track
from services.intake.cases.coordination import taking
from services.intake.cases.domain import Case
from services.intake.cases.repository import CaseFile, Cases
from services.intake.cases.values import Status
from services.intake.codes.values import ConsentPurpose
from services.intake.families.policy import is_recent, offices_now
from services.intake.policy import POLICY
from shared.errors import Forbidden
from shared.identity.policy import Attribute, Resource
from shared.principal import Principal
from shared.reference import regions

CASE = "Case"
# Steps that have another name where it is decided who may take them.
ACTIONS = {
    "take": "take_case",
    "take_over": "take_over_case",
    "triage": "triage_case",
    "withdraw": "withdraw_case",
    "reopen": "reopen_case",
}
TAKE_OVER = ACTIONS["take_over"]
COLLEAGUE = "a colleague"
# What is refused to a coordinator only because a colleague has taken the case.
WORK = ("clarify_needs", "triage_case", "require_care", "lift_care", "record_aid", "record_outcome")


def resource(file: CaseFile, caller: Principal | None = None) -> Resource:
    """Return a case as a resource of the policy, for a caller who is known or not."""
    case, family = file
    guardian = case.match.guardian_id if case.match and case.match.introduced else ""
    return Resource(
        type=CASE,
        id=case.case_id,
        region=case.region,
        district=case.district,
        person=family.family_id,
        org=_guardian(case),
        status=case.status,
        more={
            "registered_by": case.registered_by,
            "recent": is_recent(case.received_at),
            "released_to": guardian if family.allows(ConsentPurpose.CONTACT) else "",
            "offices": offices_now(family),
            "people": family.record_ids,
            **worked_on(case, caller),
        },
    )


def worked_on(case: Case, caller: Principal | None) -> dict[str, Attribute]:
    """Return who works on a case: the one who took it, or the lead of the region.

    A case that a case manager took is worked on by any coordinator, too. The lead is looked up only
    where the caller is none of these.
    """
    own = caller is not None and case.taken_by == caller.id
    if case.taken_by is None or (case.with_case_manager and not own):
        return {"taken_by": "", "lead": ()}
    return {"taken_by": case.taken_by, "lead": () if own else regions.region(case.region).lead}


def load_authorised(case_id: str, action: str, principal: Principal, cases: Cases) -> CaseFile:
    """Load a case for a caller who may do this; a foreign one is as absent as none.

    Who may see the case and not work on it learns whose it is; a case manager, that it is hers
    neither now nor any more.
    """
    file = cases.open_file(case_id)
    about = resource(file, principal)
    case = shown(file, principal, about)
    if not POLICY.allows(principal, action, about):
        if POLICY.allows(principal, action, replace(about, org=None)):
            raise Forbidden(action, "own_guardian")
        if action in WORK and POLICY.allows(principal, TAKE_OVER, about):
            raise taking.of_colleague(case)
        if POLICY.allows(principal, action, _hers(file, principal)):
            raise Forbidden(action, "case_is_not_yours")
        POLICY.require(principal, action, about)
    return CaseFile(case, file.family)


def _guardian(case: Case) -> str | None:
    return case.match.guardian_id if case.match else None


def _hers(file: CaseFile, principal: Principal) -> Resource:
    """Return a case as if this caller had taken it, and it were open."""
    taken = {"taken_by": principal.id, "status": Status.IN_REVIEW}
    return resource(CaseFile(file.case.model_copy(update=taken), file.family), principal)


def shown(file: CaseFile, principal: Principal, about: Resource | None = None) -> Case:
    """Return a case as it is shown to a caller: with the steps that this one can take now."""
    may = POLICY.may_take(principal, about or resource(file, principal), ACTIONS)
    return file.case.shown_to(
        lambda step: may(step) and _useful(step, file.case, principal) and _possible(step, file)
    )


def shown_in_list(caller: Principal) -> Callable[[Case], Case]:
    """Return how open cases of a region are shown to one who may list them.

    What may be done differs by whose they are alone, so it is decided once for each of that. What
    may be done with a closed one is said by its file.
    """
    decided: dict[tuple[str, bool], Callable[[str], bool]] = {}

    def shown(case: Case) -> Case:
        if not case.open:
            return case.shown_to(lambda step: False)
        works = worked_on(case, caller)
        taken_by = str(works["taken_by"]) if works["taken_by"] in ("", caller.id) else COLLEAGUE
        whose = taken_by, _guardian(case) == caller.org
        if (may := decided.get(whose)) is None:
            about = Resource(
                type=CASE,
                id=case.case_id,
                region=case.region,
                district=case.district,
                org=_guardian(case),
                status=case.status,
                more=works,
            )
            may = decided[whose] = POLICY.may_take(caller, about, ACTIONS)
        return case.shown_to(lambda step: may(step) and _useful(step, case, caller))

    return shown


def _possible(step: str, file: CaseFile) -> bool:
    """Whether the family is known still and nothing else has to be done before.

    To open a case again it has no other open one; for the marker it may be shown to guardians.
    """
    case, family = file
    if step == "require_care" and care_track.hindrance(case, family) is not None:
        return False
    reopens = step == "reopen" and family.open_case_of(case.programme) is not None
    return not family.erased and not reopens


def _useful(step: str, case: Case, principal: Principal) -> bool:
    if step == "require_care":
        return care_track.has_clarified_need(case)
    return step != "take_over" or case.taken_by != principal.id
