"""Looking up families, and what has happened to them."""

from services.intake.families.policy import load_authorised, resource
from services.intake.families.repository import Families
from services.intake.families.values import FamilyId
from services.intake.families.vault_records import open_sensitive_groups
from services.intake.families.views import FamilyView
from services.intake.policy import POLICY
from services.intake.timeline.repository import Timelines
from services.intake.timeline.values import TimelineKind
from services.intake.timeline.views import EntryView
from shared.api.models import Paging
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page

TEAM, CONSULTATION, MEASURE = "help_family", "Consultation", "Measure"


def get_family(
    family_id: FamilyId, caller: Principal, families: Families, vault: Vault
) -> FamilyView:
    """Open a family; its case team sees the sensitive groups too, which is recorded."""
    family = load_authorised(family_id, "view", caller, families)
    sensitive = None
    if POLICY.allows(caller, "view_sensitive", resource(family)):
        sensitive = open_sensitive_groups(family, caller, TEAM, vault)
    return FamilyView.of_family(family, sensitive)


def list_own_consultations(
    query: Paging, caller: Principal, timelines: Timelines
) -> Page[EntryView]:
    """List the consultations that you held yourself, latest first."""
    partition = Partition.of_person(caller)
    own = POLICY.require_list(caller, "list_own_consultations", CONSULTATION, partition)
    held = TimelineKind.CONSULTATION
    return timelines.of_owner(own, held, caller=caller, query=query)


def list_own_measures(query: Paging, caller: Principal, timelines: Timelines) -> Page[EntryView]:
    """List what your organisation does in plans of families, the latest news first."""
    partition = Partition.of_org(caller)
    own = POLICY.require_list(caller, "list_own_measures", MEASURE, partition)
    taken = TimelineKind.MEASURE
    return timelines.of_owner(own, taken, caller=caller, query=query)


def get_timeline(
    family_id: FamilyId,
    query: Paging,
    caller: Principal,
    families: Families,
    timelines: Timelines,
) -> Page[EntryView]:
    """Read what has happened to a family, oldest first."""
    family = load_authorised(family_id, "view_timeline", caller, families)
    return timelines.of_family(family_id, family.record_ids, caller=caller, query=query)
