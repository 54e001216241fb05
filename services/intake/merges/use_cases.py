"""What headquarters says belongs to a family: another record of it, or not; a card holder."""

from collections.abc import Sequence

from services.intake.cases import events as case_events
from services.intake.cases.care_track import stop_search
from services.intake.cases.repository import Cases
from services.intake.codes.values import ConsentPurpose, LiftReason
from services.intake.families import events as family_events
from services.intake.families.domain import Family
from services.intake.families.policy import load_authorised, stamp
from services.intake.families.repository import (
    Families,
    card_holder_name,
    released_names,
)
from services.intake.families.values import FamilyId, Stamp
from services.intake.merges import domain
from services.intake.merges.commands import (
    DifferentFamily,
    JoinCardHolder,
    MergeFamilies,
    UndoMerge,
)
from services.intake.merges.events import (
    merged_event,
    of_merge,
    of_separation,
    undone_event,
)
from services.intake.requests.repository import Requests
from services.intake.sign_ins.domain import sign_out
from shared import clock
from shared.errors import IllegalStep, Invalid, named_at
from shared.events.base import Event
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row
from shared.storage.transaction import NameTaken

MERGE = "merge_family"


def merge_families(
    family_id: FamilyId,
    body: MergeFamilies,
    context: CommandContext,
    families: Families,
    cases: Cases,
) -> Receipt:
    """Let this record speak for another one of the same family; nothing of it is moved."""
    family = load_authorised(family_id, MERGE, context.actor, families)
    with named_at("/family_id"):
        other = load_authorised(body.family_id, MERGE, context.actor, families)
    if other.family_id == family.family_id:
        if body.family_id == family.family_id:
            raise Invalid("family_with_itself", "/family_id")
        return families.unchanged(context, family)
    if other.region != family.region:
        raise Invalid("family_of_another_region", "/family_id")
    context.reason = body.reason
    now = stamp(context)
    after, part = domain.merge(family, other, now.at)
    followed = _open_cases(after, family, other, now, "family_merged", cases)
    news = [merged_event(after, part, body.reason), *of_merge(family, after, other, part)]
    return _save(context, after, part, news, followed, families)


def undo_merge(
    family_id: FamilyId,
    body: UndoMerge,
    context: CommandContext,
    families: Families,
    cases: Cases,
    requests: Requests,
) -> Receipt:
    """Undo a merge: each record is a family of its own again.

    What one asked for in a case of the other one leaves it by itself (`separate_requests`).
    """
    family = load_authorised(family_id, MERGE, context.actor, families)
    part = _merged_record(family, body.family_id)
    context.reason = body.reason
    now, what = stamp(context), "family_merge_undone"
    theirs = _of_part(family, part.family_id, cases, requests)
    after, back = domain.undo(family, part, now.at, *theirs)
    # Devices and links of either may be in the hands of the other one.
    after, back = (sign_out(each, clock.wall()) for each in (after, back))
    # Who was forgotten while it was merged is still suggested to it.
    back = back.look_no_more_like(families.forgotten(each.family_id for each in back.alike))
    followed = [
        each for side in (after, back) for each in _open_cases(side, family, None, now, what, cases)
    ]
    news = [undone_event(after, back, body.reason), *of_separation(family, after, back)]
    return _save(context, after, back, news, followed, families)


def _merged_record(family: Family, record_id: str) -> Family:
    """Return a record that was merged into a family which is not forgotten."""
    if family.erased:
        raise IllegalStep("person_was_erased")
    part = next((each for each in family.others if each.family_id == record_id), None)
    if part is None:
        raise Invalid("family_not_merged", "/family_id")
    return part


def _save(
    context: CommandContext,
    speaks: Family,
    other: Family,
    news: Sequence[Event],
    followed: Sequence[tuple[Row, Sequence[Event]]],
    families: Families,
) -> Receipt:
    """Store both records with their open cases."""
    rows = [families.row(other), *(row for row, _ in followed)]
    events = [*news, *(event for _, changes in followed for event in changes)]
    return families.save(context, speaks, *rows, events=events)


def _of_part(
    family: Family, part: str, cases: Cases, requests: Requests
) -> tuple[set[str], set[str]]:
    """Return the open cases of a merged record, and where it said sensitive groups meanwhile."""
    opened = cases.open_of(family)
    said = requests.get_many(family.sensitive_refs)
    return (
        {each.case_id for each in opened if each.family_id == part},
        {each.request_id for each in said if each.family_id == part},
    )


def mark_different(
    family_id: FamilyId, body: DifferentFamily, context: CommandContext, families: Families
) -> Receipt:
    """Say that two records that look alike are of different families."""
    family = load_authorised(family_id, MERGE, context.actor, families)
    with named_at("/family_id"):
        other = load_authorised(body.family_id, MERGE, context.actor, families)
    if other.family_id == family.family_id:
        raise Invalid("family_with_itself", "/family_id")
    after, changed = domain.mark_different(family, other)
    if (after, changed) == (family, other):
        return families.unchanged(context, family)
    decided = (
        *family_events.of_likeness(family, after),
        *family_events.of_likeness(other, changed),
    )
    return families.save(context, after, families.row(changed), events=decided)


def join_card_holder(
    family_id: FamilyId, body: JoinCardHolder, context: CommandContext, families: Families
) -> Receipt:
    """Say that a card holder belongs to a family; its cards join the timeline from then on."""
    family = load_authorised(family_id, "join_card_holder", context.actor, families)
    joined = family.join_card_holder(body.holder_ref)
    name = card_holder_name(family.region, body.holder_ref, family.family_id)
    try:
        return families.save(context, joined, unique=[name])
    except NameTaken as taken:
        if taken.owner not in family.record_ids:
            raise IllegalStep("card_holder_of_another_family", family.next_steps) from None
        return families.unchanged(context, family)


def erase_joined(family_id: str, context: CommandContext, families: Families, vault: Vault) -> None:
    """Forget a record that was merged into a family that is forgotten: one in each commit."""
    family = families.record(family_id)
    if not family.joined:
        return
    part = families.record(family.joined[0].family_id)
    left = family.model_copy(update={"joined": family.joined[1:]})
    erased = part.erase(stamp(context).at)
    families.save(
        context,
        left,
        families.row(erased),
        events=family_events.of_change(part, erased),
        release=released_names(part, erased),
        writes=[*vault.erase(part.family_id), *families.contact_rows(part, erased)],
    )


def _open_cases(
    after: Family, family: Family, other: Family | None, now: Stamp, what: str, cases: Cases
) -> list[tuple[Row, list[Event]]]:
    """Return the open cases with what matching must hear; their family was one of the two.

    What the one has allowed holds for the other only while they are one. All are written, so that
    a search which begins at this moment meets that.
    """
    found: list[tuple[Row, list[Event]]] = []
    for case in cases.open_of(after):
        was = other if other is not None and other.family_id == case.family_id else family
        left = case.record(now, what, ref=after.family_id)
        if not after.allows(ConsentPurpose.SHARE_NEED_CATEGORIES):
            left = stop_search(left, now, LiftReason.CONSENT_WITHDRAWN)
        changes = case_events.of_change(case, left, after)
        changes += case_events.of_family_change(was, after, case, left)
        found.append((cases.row(left), changes))
    return found
