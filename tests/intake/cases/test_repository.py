"""Rows of cases: what is stored, and rows as earlier releases wrote them."""

import json
from typing import Any

import pytest

from services.intake.cases.domain import OUTCOME_MISSING
from tests.intake.api_client import HQ, IntakeClient
from tests.support.world import at

MISSING = {"record_missing": "true"}


def document(client: IntakeClient, case: str) -> Any:
    """The stored document of a case."""
    return json.loads(row(client, case)["doc"]["S"])


def row(client: IntakeClient, case: str) -> Any:
    """The stored row of a case."""
    return client.world.dynamodb.rows("intake-data")[f"REQUEST#{case}", "REQUEST"]


def spell_as_before(client: IntakeClient, case: str, *, missing: bool) -> None:
    """Write the row of a case as it was before deadlines were a table."""
    old = document(client, case) | {"record_missing": missing}
    del old["fired"]
    row(client, case)["doc"]["S"] = json.dumps(old)


@pytest.mark.requirement("S4-48")
def test_a_row_that_says_record_missing_is_read_and_written_in_the_new_form(
    client: IntakeClient,
) -> None:
    case = client.in_care()
    client.world.advance(at("2026-10-15 10:00"))
    assert document(client, case)["fired"] == [OUTCOME_MISSING]
    spell_as_before(client, case, missing=True)

    (listed,) = client.get(HQ, "/requests", **MISSING).json["items"]
    assert listed["result_missing_since"] == client.view(case)["case"]["result_missing_since"]
    assert listed["result_missing_since"] is not None
    client.do(HQ, f"/requests/{case}/needs", {"confirm": client.needs(case)})

    assert "record_missing" not in document(client, case)
    assert document(client, case)["fired"] == [OUTCOME_MISSING]
    assert "due_at" not in row(client, case)
    client.do(HQ, f"/requests/{case}/outcomes", {"outcome": "partial_stability"})
    assert document(client, case)["fired"] == []
    assert row(client, case)["due_at"]["S"].startswith("2026-11-1")
    assert client.get(HQ, "/requests", **MISSING).json["items"] == []


def test_an_old_row_whose_outcome_is_not_due_yet_still_comes_due(client: IntakeClient) -> None:
    case = client.in_care()
    spell_as_before(client, case, missing=False)

    client.world.advance(at("2026-10-15 10:00"))

    (listed,) = client.get(HQ, "/requests", **MISSING).json["items"]
    assert listed["id"] == case
