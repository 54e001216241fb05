"""Looking up families, and what has happened to them."""

from services.intake.families.commands import ListShared
from services.intake.families.domain import Family
from services.intake.families.policy import FAMILY, load_authorised, resource, right_of_office
from services.intake.families.repository import OF_OFFICES, Families, office_prefix
from services.intake.families.values import FamilyId
from services.intake.families.vault_records import open_sensitive_groups
from services.intake.families.views import FamilyView, SharedFamily
from services.intake.policy import POLICY
from services.intake.timeline.repository import Timelines
from services.intake.timeline.values import TimelineKind
from services.intake.timeline.views import EntryView
from shared.api.models import Paging
from shared.identity.partitions import Partition
from shared.identity.policy import Attribute
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.privacy.vault import Vault
from shared.storage.repository import Page

NO_ONE: dict[str, Attribute] = {"team": (), "people": ()}
TEAM, CONSULTATION, MEASURE = "help_family", "Consultation", "Measure"
SHARED, DAY = "shared_families", 86400


def get_family(
    family_id: FamilyId, caller: Principal, families: Families, vault: Vault
) -> FamilyView:
    """Open a family; its case team sees the sensitive groups too, which is recorded."""
    family = load_authorised(family_id, "view", caller, families)
    sensitive = None
    if POLICY.allows(caller, "view_sensitive", resource(family)):
        sensitive = open_sensitive_groups(family, caller, TEAM, vault)
    return FamilyView.of_family(family, sensitive)


def list_shared_families(
    query: ListShared, caller: Principal, families: Families, log: AccessLog
) -> Page[SharedFamily]:
    """List the families with an open case that allowed your office to know of it, or were shown.

    The family finds in its access log that you saw it here, once a day.
    """
    partition = Partition.of_district(caller, query.district_id, query.region)

    def shown(family: Family) -> SharedFamily:
        _note_look(family, caller, families, log)
        return SharedFamily.of_family(family)

    region = POLICY.require_list(caller, "list_shared_families", FAMILY, partition, NO_ONE)
    return families.page_of_each(
        [(index, region, shown) for index in OF_OFFICES],
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=office_prefix(partition.district or ""),
    )


def _note_look(family: Family, caller: Principal, families: Families, log: AccessLog) -> None:
    """Write down, the first time of a day, that an office is about to see who is helped."""
    look = f"shared-family#{caller.id}#{family.family_id}"
    if families.store.counted(look, DAY):
        return
    right = right_of_office(families.get(family.family_id), caller)
    log.note(family.family_id, SHARED, tuple(SharedFamily.model_fields), caller, right)
    families.store.count(look, 1, DAY)


def list_own_consultations(
    query: Paging, caller: Principal, timelines: Timelines
) -> Page[EntryView]:
    """List the consultations that you held yourself, latest first."""
    partition = Partition.of_person(caller)
    own = POLICY.require_list(caller, "list_own_consultations", CONSULTATION, partition)
    held = TimelineKind.CONSULTATION
    return timelines.of_owner(own, held, caller=caller, limit=query.limit, cursor=query.cursor)


def list_own_measures(query: Paging, caller: Principal, timelines: Timelines) -> Page[EntryView]:
    """List what your organisation does in plans of families, the latest news first."""
    partition = Partition.of_org(caller)
    own = POLICY.require_list(caller, "list_own_measures", MEASURE, partition)
    taken = TimelineKind.MEASURE
    return timelines.of_owner(own, taken, caller=caller, limit=query.limit, cursor=query.cursor)


def get_timeline(
    family_id: FamilyId,
    query: Paging,
    caller: Principal,
    families: Families,
    timelines: Timelines,
) -> Page[EntryView]:
    """Read what has happened to a family, oldest first."""
    family = load_authorised(family_id, "view_timeline", caller, families)
    return timelines.of_family(
        family.record_ids, caller=caller, limit=query.limit, cursor=query.cursor
    )
