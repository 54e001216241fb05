"""Two records of one family become one, and two again: pointers and facts, never the children."""

from collections.abc import Collection, Iterable

from services.intake.families.domain import MOST_SENSITIVE, Family
from services.intake.families.values import (
    MAX_JOINED,
    Consent,
    FamilyFacts,
    FamilyStatus,
    Joined,
    OpenCase,
)
from shared.domain import Moment
from shared.errors import IllegalStep


def merge(family: Family, other: Family, at: Moment) -> tuple[Family, Family]:
    """Return the family with another record of it, and that record as it is from now on.

    A guardian that failed for the other one is proposed no more, though this one let it in again.
    """
    _check_mergeable(family, other)
    part = other._with(status=FamilyStatus.MERGED, merged_into=family.family_id, open_cases=())
    facts = FamilyFacts(
        kind=other.kind,
        members=() if family.members else other.members,
        groups=other.groups,
        preferred_time=None if family.preferred_time else other.preferred_time,
        home_conditions=other.home_conditions,
    )
    whole = family.learn(facts).look_no_more_like(other.record_ids)
    whole = whole._with(
        joined=(*family.joined, _learnt(family, other, at)),
        open_cases=_sorted((*family.open_cases, *other.open_cases)),
        anonymous=family.anonymous and other.anonymous,
        idle_since=_idle_since(family, other),
        readmitted_guardians=_new(family.readmitted_guardians, other.exclusions),
        others=(*family.others, part),
    )
    # Whom the record looked like is still to be compared, with the family as it is now.
    for each in part.alike:
        for sign in each.signs:
            whole = whole.look_like([each.family_id], sign)
    return whole, part


def undo(
    family: Family,
    part: Family,
    at: Moment,
    their_cases: Collection[str],
    their_words: Collection[str] = (),
) -> tuple[Family, Family]:
    """Return both as families of their own; what was decided meanwhile holds for both.

    A consent that was taken back while they were one stays taken back, an office that is shown
    them no more is shown neither, and a guardian that failed meanwhile is proposed to neither.
    """
    theirs = tuple(each for each in family.open_cases if each.case_id in their_cases)
    sensitive = tuple(each for each in family.sensitive_refs if each in their_words)
    left = _left(family, part, theirs, sensitive, at)
    back = _back(family, part, theirs, sensitive, at)
    return mark_different(left.look_no_more_like([each.family_id for each in part.alike]), back)


def _left(
    family: Family,
    part: Family,
    theirs: tuple[OpenCase, ...],
    sensitive: tuple[str, ...],
    at: Moment,
) -> Family:
    """Return a family without a record and what it learnt from it alone."""
    joined = _joined(family, part)
    left = family._with(
        sensitive_refs=_new(family.sensitive_refs, sensitive),
        joined=tuple(each for each in family.joined if each is not joined),
        others=tuple(each for each in family.others if each.family_id != part.family_id),
        groups=_new(family.groups, joined.groups),
        home_conditions=_new(family.home_conditions, joined.home_conditions),
        members=() if joined.members and family.members == part.members else family.members,
        preferred_time=None if _took_time(family, part, joined) else family.preferred_time,
        # One that has a contact by now has said its name since.
        anonymous=family.anonymous or (joined.anonymous and not family.contacts),
        open_cases=tuple(each for each in family.open_cases if each not in theirs),
        idle_since=None if family.open_cases != theirs else _helped_until(family, at),
    )
    return _with_what_is_still_said(left, family)


def _back(
    family: Family,
    part: Family,
    theirs: tuple[OpenCase, ...],
    sensitive: tuple[str, ...],
    at: Moment,
) -> Family:
    """Return a record as a family of its own, with what was decided while it was merged."""
    meanwhile = family.excluded_guardians[_joined(family, part).exclusions :]
    readmitted = dict.fromkeys((*part.readmitted_guardians, *family.readmitted_guardians))
    shown = {(each.recipient, each.at): each for each in family.all_disclosures}
    return part._with(
        status=FamilyStatus.ACTIVE,
        merged_into=None,
        sensitive_refs=(*part.sensitive_refs, *sensitive)[-MOST_SENSITIVE:],
        open_cases=theirs,
        idle_since=None if theirs else _helped_until(family, at),
        consents=tuple(_as_decided(each, family, at) for each in part.consents),
        disclosures=tuple(shown[each.recipient, each.at] for each in part.disclosures),
        excluded_guardians=tuple(dict.fromkeys((*part.excluded_guardians, *meanwhile))),
        readmitted_guardians=tuple(each for each in readmitted if each not in family.exclusions),
    )


def _joined(family: Family, part: Family) -> Joined:
    (joined,) = (each for each in family.joined if each.family_id == part.family_id)
    return joined


def mark_different(family: Family, other: Family) -> tuple[Family, Family]:
    """Return both as records of different families: neither is suggested to the other again."""
    return _different(family, other), _different(other, family)


def _different(family: Family, other: Family) -> Family:
    different = tuple(dict.fromkeys((*family.different_from, other.family_id)))
    return family._with(different_from=different).look_no_more_like(other.record_ids)


def _learnt(family: Family, other: Family, at: Moment) -> Joined:
    """Return what the family learns from another record, to be given back by an undone merge."""
    return Joined(
        family_id=other.family_id,
        at=at,
        groups=_new(other.groups, family.groups),
        members=not family.members,
        preferred_time=family.preferred_time is None,
        home_conditions=_new(other.home_conditions, family.home_conditions),
        anonymous=family.anonymous,
        exclusions=len(family.excluded_guardians),
    )


def _with_what_is_still_said(left: Family, before: Family) -> Family:
    """Return a family with what it gave back and a record that stays merged says as well."""
    for other in left.others:
        groups = _new(other.groups, left.groups)
        home = _new(other.home_conditions, left.home_conditions)
        again = FamilyFacts(
            kind=other.kind,
            members=other.members if before.members and not left.members else (),
            groups=tuple(each for each in groups if each in before.groups),
            preferred_time=None if left.preferred_time else other.preferred_time,
            home_conditions=tuple(each for each in home if each in before.home_conditions),
        )
        joined = (
            _learnt_also(each, again, left) if each.family_id == other.family_id else each
            for each in left.joined
        )
        known = {"joined": tuple(joined), "anonymous": left.anonymous and other.anonymous}
        left = left.learn(again)._with(**known)
    return left


def _learnt_also(joined: Joined, facts: FamilyFacts, family: Family) -> Joined:
    return joined.model_copy(
        update={
            "anonymous": joined.anonymous or family.anonymous,
            "groups": (*joined.groups, *facts.groups),
            "members": joined.members or bool(facts.members),
            "preferred_time": joined.preferred_time or facts.preferred_time is not None,
            "home_conditions": (*joined.home_conditions, *facts.home_conditions),
        }
    )


def _check_mergeable(family: Family, other: Family) -> None:
    """Refuse what has to be done first; of two open cases one is closed as a duplicate.

    Whose case that is, and what may be done with it now, the file of each says.
    """
    family._require("merge")
    other._require("merge")
    if family.joined and other.joined:
        raise IllegalStep("families_have_merged_records", ("separate",))
    if other.joined:
        raise IllegalStep("family_has_merged_records", ("merge",))
    if len(family.joined) >= MAX_JOINED:
        raise family._refusal("too_many_merged_records", most=MAX_JOINED)
    if any(each.open for each in other.person_requests):
        raise IllegalStep("family_waits_for_answer", ("answer_person",))
    if any(family.open_case_of(each.programme) for each in other.open_cases):
        raise IllegalStep("families_have_open_cases")


def _idle_since(family: Family, other: Family) -> Moment | None:
    if family.open_cases or other.open_cases:
        return None
    ended = (each.idle_since for each in (family, other))
    return max((each for each in ended if each is not None), default=None)


def _helped_until(family: Family, at: Moment) -> Moment:
    """Return until when a part without a case was helped: a merge that is undone keeps no words."""
    return at if family.open_cases else family.idle_since or at


def _new(codes: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    return tuple(each for each in codes if each not in known)


def _took_time(family: Family, part: Family, joined: Joined) -> bool:
    return joined.preferred_time and family.preferred_time == part.preferred_time


def _as_decided(consent: Consent, family: Family, at: Moment) -> Consent:
    if family.allows(consent.purpose, consent.recipient):
        return consent
    return consent.withdrawn_for(consent.purpose, consent.recipient, at)


def _sorted(cases: Collection[OpenCase]) -> tuple[OpenCase, ...]:
    return tuple(sorted(cases, key=lambda each: each.case_id))
