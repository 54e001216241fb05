"""Work of every role in its place, and who sees it."""

from dataclasses import replace

from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_subjects.values import Mark
from shared.principal import Principal, system
from shared.storage.command_context import CommandContext
from tests.notifications.fakes import NotificationsHarness
from tests.support.api import Answer
from tests.support.world import at

NOW = at("2026-09-14 10:00")


def person(role: str, *districts: str, region: str = "ZR", org: str | None = None) -> Principal:
    """Somebody with an account and one role."""
    return Principal("usr_9", "person", role, (role,), (region,), districts, org)


HOTLINE, CASE_MANAGER = person("hotline_operator"), person("case_manager", org="unit_1")
COLLEAGUE = replace(CASE_MANAGER, id="CM-2")
OFFICE, LEADER_OF_D05 = person("district_office", "D05"), person("community_leader", "D05")
LEADER_OF_TWO = person("community_leader", "D05", "D06")

# name of an item: role, region, district, organisation or, of one colleague, account
PLACES = {
    "hotline": ("hotline_operator", "ZR", None, None),
    "hotline elsewhere": ("hotline_operator", "YY", None, None),
    "unit 1": ("case_manager", "ZR", None, "unit_1"),
    "unit 2": ("case_manager", "ZR", None, "unit_2"),
    "colleague": ("colleague", "YY", None, "CM-2"),
    "colleague of hers": ("colleague", "ZR", None, "HQ-1"),
    "office D05": ("district_office", "ZR", "D05", None),
    "office D06": ("district_office", "ZR", "D06", None),
    "office elsewhere": ("district_office", "YY", "D05", None),
    "leader D05": ("community_leader", "ZR", "D05", None),
    "leader D06": ("community_leader", "ZR", "D06", None),
    "leader of all": ("community_leader", "ZR", None, None),
    "hq": ("regional_hq", "ZR", "D05", None),
}


def stored(harness: NotificationsHarness, name: str, **more: object) -> None:
    """An item as an event would have made it."""
    role, region, district, org = PLACES[name]
    item = WorkItem(
        item_id=f"wrk_{len(harness.docs('WORK_ITEM')):026d}",
        message_id=name,
        role=role,
        region=region,
        district_id=district,
        org=None if role == "colleague" else org,
        account=org if role == "colleague" else None,
        kind="review_request",
        raised=Mark(source=name, at=NOW),
        template="case_reopened_hq",
        variant="text",
        reference=name,
        urgent=False,
        due_at=NOW,
        created_at=NOW,
    ).model_copy(update=more)
    with harness.world.service("notifications"):
        items = WorkItems(harness.world.stores["notifications"])
        items.save(CommandContext(system("test"), "test", "cor_1"), item)


def references(answer: Answer) -> list[str]:
    """What the listed work is about."""
    assert answer.status == 200, answer.text
    return [item["reference"] for item in answer.json["items"]]
