"""The states of a work item: each step has its own refusal, which names the steps that remain."""

from collections.abc import Callable

import pytest

from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.values import WorkItemStatus
from services.notifications.work_subjects.values import Mark
from shared.errors import IllegalStep
from tests.support.world import at

NOW = at("2026-09-14 10:00")
MARK = Mark(source="wrk_1", at=NOW)
VERBS: dict[str, Callable[[WorkItem], WorkItem]] = {
    "read_item": lambda item: item.read("usr_1", NOW),
    "finish_item": lambda item: item.finish("usr_1", "done", NOW),
    "reopen_item": lambda item: item.reopen(MARK),
}
REFUSED = {
    (WorkItemStatus.NEW, "reopen_item"): "item_not_done",
    (WorkItemStatus.READ, "read_item"): "item_already_read",
    (WorkItemStatus.READ, "reopen_item"): "item_not_done",
    (WorkItemStatus.DONE, "read_item"): "item_already_read",
    (WorkItemStatus.DONE, "finish_item"): "item_already_done",
}
NEXT_STEPS = {
    WorkItemStatus.NEW: ("read_item", "finish_item"),
    WorkItemStatus.READ: ("finish_item",),
    WorkItemStatus.DONE: ("reopen_item",),
}


def item(status: WorkItemStatus) -> WorkItem:
    return WorkItem(
        item_id="wrk_1",
        message_id="msg_1",
        role="regional_hq",
        region="ZR",
        template="request_received_hq",
        variant="text",
        reference="req_1",
        urgent=True,
        due_at=NOW,
        status=status,
        created_at=NOW,
    )


@pytest.mark.parametrize("status", list(WorkItemStatus))
@pytest.mark.parametrize("step", list(VERBS))
def test_a_step_is_done_or_refused_with_its_own_code(status: WorkItemStatus, step: str) -> None:
    if (status, step) not in REFUSED:
        assert VERBS[step](item(status)).status == WorkItem.STEPS[status][step]
        return
    with pytest.raises(IllegalStep) as refused:
        VERBS[step](item(status))
    assert refused.value.code == REFUSED[status, step]
    assert refused.value.next_steps == NEXT_STEPS[status]
