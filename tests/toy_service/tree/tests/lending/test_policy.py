"""Who may do what in lending: the whole matrix."""

from pathlib import Path

from services.lending.policy import POLICY
from shared.identity.policy import Resource
from tests.lending.api_client import HQ, HQ_Y, OPERATOR
from tests.support.policy_matrix import faults, matches_golden, render

ACTIONS = ("view", "lend_equipment", "return_equipment")
LOAN = Resource("Loan", "cas_1", region="ZR", status="lent")
SITUATIONS = {
    "headquarters": (HQ, LOAN),
    "headquarters elsewhere": (HQ_Y, LOAN),
    "operator": (OPERATOR, LOAN),
}


def test_the_matrix_of_who_may_do_what() -> None:
    golden = Path(__file__).with_name("golden_policy.txt")

    matches_golden(render(POLICY, ACTIONS, SITUATIONS), golden)


def test_the_policy_is_sound() -> None:
    assert faults(POLICY, {"Loan": {}}, ACTIONS) == ""
