"""One loan per family, and it ends when the equipment is back."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from services.lending.loans.domain import Loan
from shared.errors import IllegalStep
from tests.support.world import at

ZONE = ZoneInfo("Europe/Samara")
LOAN = Loan(case_id="cas_1", region="ZR", item="pram", due_on=date(2026, 10, 12))


def test_a_second_piece_is_lent_when_the_first_is_back() -> None:
    with pytest.raises(IllegalStep) as refused:
        LOAN.lend("cot", date(2026, 11, 1))
    again = LOAN.take_back().lend("cot", date(2026, 11, 1))

    assert (refused.value.code, refused.value.next_steps) == (
        "loan_is_lent",
        ("recall", "take_back"),
    )
    assert (again.item, again.status) == ("cot", "lent")


def test_a_loan_is_overdue_once_its_last_day_is_over() -> None:
    assert LOAN.advance(at("2026-10-12 23:59"), ZONE) == (LOAN, ())

    advanced, names = LOAN.advance(at("2026-10-13 00:00"), ZONE)

    assert names == ("overdue",)
    assert advanced.next_deadline(ZONE) is None
    assert advanced.take_back().lend("cot", LOAN.due_on).next_deadline(ZONE) is not None
    assert LOAN.take_back().next_deadline(ZONE) is None
