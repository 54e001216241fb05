"""The events of a family."""

from collections.abc import Iterator

from services.intake.families.domain import Family
from services.intake.families.values import Disclosure, PersonRequest
from shared import clock
from shared.events.base import Event
from shared.events.intake import FamilyCorrected, FamilyErased
from shared.events.intake_families import (
    FamilyCasesEnded,
    FamilyLikenessDecided,
    FamilyLooksAlike,
)
from shared.events.intake_rights import (
    DisclosedToOffice,
    DisclosureEnded,
    FamilyContactChanged,
    FamilyReachable,
    FamilySignedOut,
    FamilyUnreachable,
    PersonAnswered,
    PersonRequested,
)


def of_change(before: Family, after: Family) -> list[Event]:
    """Return the events of a change of a family."""
    if after.erased and not before.erased:
        return [FamilyErased(region=after.region, family_id=after.family_id)]
    known = {(each.recipient, each.at): each for each in before.all_disclosures}
    shown = [(known.get((each.recipient, each.at)), each) for each in after.disclosures]
    corrected = _corrected(after)
    return [
        *([] if corrected == _corrected(before) else [corrected]),
        *(_disclosed(after, now) for was, now in shown if was is None),
        *(_hidden(after, now) for was, now in shown if was is not None and now.until < was.until),
        *_contact_changed(before, after),
        *of_sign_out(before, after),
        *of_suggestion(before, after),
        *of_reach(before, after),
        *of_last_case(before, after),
        *_asked_and_answered(before, after),
    ]


def of_arrival(before: Family | None, after: Family) -> Iterator[Event]:
    """Return what is to be known of a family that has come, for the first time or again."""
    yield from of_reach(before, after)
    yield from of_suggestion(before, after)


def of_suggestion(before: Family | None, after: Family) -> Iterator[Event]:
    """Return that a family looks like another one, which it did not before."""
    if after.alike and not (before is not None and before.alike):
        yield FamilyLooksAlike(
            region=after.region, family_id=after.family_id, district_id=after.district
        )


def of_likeness(before: Family, after: Family) -> Iterator[Event]:
    """Return that a family looks like no other one any more, or is another's record now."""
    if before.alike and (not after.alike or after.merged_into) and not after.erased:
        yield FamilyLikenessDecided(region=after.region, family_id=after.family_id)


def of_reach(before: Family | None, after: Family) -> Iterator[Event]:
    """Return that a family which is helped cannot be reached, or can be or need be no more.

    Its last case may be that of another record of it, and one that was merged has another to speak
    for it.
    """
    was = before is not None and before.out_of_reach
    if after.out_of_reach and not was:
        unreachable = FamilyUnreachable(
            region=after.region,
            family_id=after.family_id,
            district_id=after.district,
            forbidden=after.contact is not None,
        )
        yield unreachable
        for other in after.others:
            yield unreachable.model_copy(update={"record_id": other.family_id})
    if was and not after.out_of_reach:
        yield FamilyReachable(region=after.region, family_id=after.family_id)


def of_last_case(before: Family, after: Family) -> Iterator[Event]:
    """Return that none of the cases that were open of a family, or of a part of it, is so now."""
    if before.open_cases and not after.open_cases:
        for record_id in after.record_ids:
            yield FamilyCasesEnded(
                region=after.region, family_id=after.family_id, record_id=record_id
            )


def of_sign_out(before: Family, after: Family) -> Iterator[FamilySignedOut]:
    """Return which records of a family were signed out everywhere: all, when the family was."""
    was = {each.family_id: each.signed_out_at for each in before.records}
    new = {
        each.family_id: each.signed_out_at
        for each in after.records  # of one that is merged now it was said before
        if each.signed_out_at != was.get(each.family_id, each.signed_out_at)
    }
    for each in after.record_ids:
        at = new.get(after.family_id) or new.get(each)
        if at is not None:
            record_id = None if each == after.family_id else each
            yield FamilySignedOut(
                region=after.region, family_id=after.family_id, at=at, record_id=record_id
            )


def _contact_changed(before: Family, after: Family) -> Iterator[FamilyContactChanged]:
    """Return that another contact took the place of a former one; one more takes none.

    What failed by the former one may have been about any record of the family.
    """
    known, left = ({each.contact_id for each in family.contacts} for family in (before, after))
    gone = (each for each in before.contacts if each.contact_id not in left)
    new = (each for each in after.contacts if each.contact_id not in known)
    for former, now in zip(gone, new, strict=False):
        changed = FamilyContactChanged(
            region=after.region,
            family_id=after.family_id,
            reference=f"{former.contact_id}.{after.family_id}",
            notifies_former=now.notified_former == former.contact_id,
        )
        yield changed
        for other in after.others:
            of_other = {"record_id": other.family_id, "notifies_former": False}
            yield changed.model_copy(update=of_other)


def _disclosed(family: Family, disclosure: Disclosure) -> DisclosedToOffice:
    return DisclosedToOffice(
        region=family.region,
        family_id=family.family_id,
        district_id=disclosure.recipient,
        reason=disclosure.reason,
        until=clock.iso(disclosure.until),
    )


def _hidden(family: Family, disclosure: Disclosure) -> DisclosureEnded:
    return DisclosureEnded(
        region=family.region, family_id=family.family_id, district_id=disclosure.recipient
    )


def _asked_and_answered(before: Family, after: Family) -> Iterator[Event]:
    known = {_asked(each): each for each in before.person_requests}
    for each in after.person_requests:
        was = known.get(_asked(each))
        if was is None:
            yield PersonRequested(
                region=after.region,
                family_id=after.family_id,
                kind=each.kind,
                due_on=each.due_on.isoformat(),
            )
        elif was.open and each.answer is not None:
            yield PersonAnswered(
                region=after.region,
                family_id=after.family_id,
                kind=each.kind,
                outcome=each.answer,
            )


def _asked(request: PersonRequest) -> tuple[object, ...]:
    return request.kind, request.asked_at


def _corrected(family: Family) -> Event:
    return FamilyCorrected(
        region=family.region,
        family_id=family.family_id,
        kind=family.kind,
        district_id=family.district,
        groups=family.groups,
        size_band=family.size_band,
        motivated=family.motivated,
    )
