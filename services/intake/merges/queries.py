"""Which records may be of one family: of a region as they came in, of one family as it is now."""

from services.intake.families.policy import FAMILY, load_authorised
from services.intake.families.repository import ALIKE, Families
from services.intake.families.values import FamilyId, LikenessSign
from services.intake.merges.views import AlikeRow, DuplicatesView, DuplicateView
from services.intake.policy import POLICY
from shared.api.models import RegionQuery
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page


def list_alike_families(
    query: RegionQuery, caller: Principal, families: Families
) -> Page[AlikeRow]:
    """List the families of your region that looked like others when they called first."""
    partition = Partition.of_region(caller, query.region)
    return families.page(
        "by_region",
        POLICY.require_list(caller, "list_alike_families", FAMILY, partition),
        AlikeRow.of_family,
        caller=caller,
        query=query,
        prefix=ALIKE,
    )


def list_duplicates(family_id: FamilyId, caller: Principal, families: Families) -> DuplicatesView:
    """List the families that may be the same as this one; nothing is merged by itself."""
    family = load_authorised(family_id, "merge_family", caller, families)
    signs: dict[str, dict[LikenessSign, None]] = {}
    for record in family.records:
        for contact in record.contacts:
            for holder in families.holders(contact.index).of(family.region):
                signs.setdefault(holder, {})[LikenessSign.SAME_CONTACT] = None
        likely = families.likely(record.likeness) if record.likeness else ()
        for other in likely:
            signs.setdefault(other.family_id, {})[LikenessSign.SAME_NAME_AND_BIRTH] = None
    known = {*family.record_ids, *family.different_from}
    others = {other: families.get(other) for other in signs if other not in known}
    return DuplicatesView(
        items=tuple(
            DuplicateView.of_family(family, tuple(signs[other]))
            for other, family in others.items()
            if not family.erased and family.family_id not in known
        )
    )
