"""What work is about is read by its id, so that a front end knows where an item leads."""

import json
import re

import pytest

from services.notifications.templates.domain import Template
from services.notifications.work_items.views import WorkItemView
from shared.message_catalogue import ROOT
from tests.notifications.work_items.test_endings import FOR_STAFF

# Where the id in a field of an event is read; a message that failed may be about anything.
READ_AT = {
    "batch_id": ("cards", "/v1/batches/{batch_id}", "bat_"),
    "call_back_id": ("intake", "/v1/call-backs/{call_back_id}", "cbk_"),
    "card_id": ("cards", "/v1/cards/{card_id}", "crd_"),
    "case_id": ("intake", "/v1/cases/{case_id}", "cas_"),
    "endpoint_id": ("notifications", "/v1/webhook-endpoints/{endpoint_id}", "whe_"),
    "family_id": ("intake", "/v1/families/{family_id}", "fam_"),
    "guardian_id": ("matching", "/v1/guardians/{guardian_id}", "gua_"),
    "hand_over_id": ("intake", "/v1/hand-overs/{hand_over_id}", "hov_"),
    "transfer_id": ("intake", "/v1/caseload-transfers/{transfer_id}", "trf_"),
    "match_id": ("matching", "/v1/matches/{match_id}", "mat_"),
    "mediation_id": ("matching", "/v1/mediations/{mediation_id}", "mdn_"),
    "partner_id": ("cards", "/v1/partners/{partner_id}", "par_"),
    "request_id": ("intake", "/v1/requests/{request_id}", "req_"),
    "resource_id": ("matching", "/v1/resources/{resource_id}", "rsc_"),
    "story_id": ("matching", "/v1/stories/{story_id}", "sto_"),
    "task_id": ("matching", "/v1/volunteer-tasks/{task_id}", "tsk_"),
    "volunteer_id": ("matching", "/v1/volunteers/{volunteer_id}", "vol_"),
}


def shown(path: str) -> str:
    """A path as it is described."""
    return re.sub(r"\{\w+\}", "{id}", path)


@pytest.mark.parametrize("template", FOR_STAFF, ids=lambda each: each.name)
def test_what_work_is_about_is_read_by_its_id(template: Template) -> None:
    for field in template.reference_fields:
        if field == "reference":
            continue
        service, path, prefix = READ_AT[field]
        document = json.loads((ROOT / "docs" / "api" / f"{service}.json").read_text("utf-8"))
        operation = document["paths"][path]["get"]
        (own,) = (each for each in operation["parameters"] if each.get("in") == "path")
        assert prefix in own["schema"]["pattern"]
        said = " ".join((WorkItemView.__doc__ or "").split())
        assert re.search(rf"`{prefix}…`[^`]*at `{re.escape(shown(path))}`", said)
