"""Closed lists of work items, and where the items of each role are filed."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from shared.domain import CodeEnum, KnownCodes


class WorkItemStatus(CodeEnum, of="work_item_status"):
    """How far the work is."""

    NEW = "new"
    READ = "read"
    DONE = "done"


class DoneReason(KnownCodes, of="work_done_reason"):
    """Why an item is closed, as far as more follows from it."""

    DONE = "done"
    UNREACHABLE = "unreachable"
    NOT_NEEDED = "not_needed"


class Reach(StrEnum):
    """Whose items a role works on: those of a part of the programme; a colleague, the own."""

    FEDERATION = "federation"
    REGION = "region"
    DISTRICT = "district"
    ORGANISATION = "organisation"
    ACCOUNT = "account"


# No role of a token: the people whom the configuration of the region names as its lead.
REGION_LEAD = "region_lead"
# No role of a token either: the one person whom the event names, whichever role she acts in.
COLLEAGUE = "colleague"
# A leader without districts in the claims works on the whole region; an office never does.
REACH: Mapping[str, Reach] = {
    "federal_hq": Reach.FEDERATION,
    "operations": Reach.FEDERATION,
    "regional_hq": Reach.REGION,
    REGION_LEAD: Reach.REGION,
    "hotline_operator": Reach.REGION,
    "volunteer_coordinator": Reach.REGION,
    "community_leader": Reach.DISTRICT,
    "district_office": Reach.DISTRICT,
    "case_manager": Reach.ORGANISATION,
    COLLEAGUE: Reach.ACCOUNT,
}
# Who hears of work that a role has left undone; the two that watch all regions, each other.
ABOVE: Mapping[str, str] = {
    "district_office": "regional_hq",
    "community_leader": "regional_hq",
    "volunteer_coordinator": "regional_hq",
    "hotline_operator": "regional_hq",
    "case_manager": "regional_hq",
    COLLEAGUE: "regional_hq",
    "regional_hq": REGION_LEAD,
    REGION_LEAD: "federal_hq",
    "federal_hq": "operations",
    "operations": "federal_hq",
}
# So long work may lie after it was due, and again on each rung; a weekend hides none.
LEFT_UNDONE, LEFT_UNDONE_URGENT = timedelta(days=3), timedelta(days=1)
