"""Who calls what in lending."""

import pytest

from tests.fuzz.callers import Caller
from tests.lending.api_client import CASE, HQ, LOAN, lend
from tests.support.world import World, at

START = at("2026-10-05 12:00")
OTHER = "cas_01ARZ3NDEKTSV4RRFFQ69G5FAW"


def callers(world: World, _: pytest.MonkeyPatch) -> dict[str, Caller]:
    """Seed lending and return a caller for every operation."""
    lend(world)
    return {
        "show_reference": Caller(query={"region": "ZR"}),
        "lend_equipment": Caller(
            HQ, body=LOAN | {"case_id": OTHER}, keep=("region", "case_id", "item")
        ),
        "view_loan": Caller(HQ, {"case_id": CASE}),
        "return_equipment": Caller(HQ, {"case_id": CASE}),
    }
