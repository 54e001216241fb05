"""Which checks count, and until when they prove what a legal form requires."""

from datetime import date, timedelta

import pytest

from services.matching.evidence.domain import latest, oldest_day, proofs_of_checks
from services.matching.organisations.domain import RULES
from services.matching.organisations.values import CheckCode, LegalForm
from tests.matching.builders import TODAY, check


@pytest.mark.parametrize("form", LegalForm)
def test_a_proof_ends_with_the_last_check_that_passed(form: LegalForm) -> None:
    days = RULES[form].checks[CheckCode.REGISTRY]
    older, newer = check("registry", day=date(2025, 10, 1)), check("registry")
    failed = check("registry", passed=False)

    def until(*checks: object) -> date | None:
        proofs = proofs_of_checks(form, checks)  # type: ignore[arg-type]
        return {each.code: each for each in proofs}["registry"].valid_until

    assert until() is None
    assert until(older) == date(2025, 10, 1) + timedelta(days=days)
    assert until(older, newer) == TODAY + timedelta(days=days)
    assert until(newer, failed) is None
    assert latest((newer, failed))["registry"] is failed
    first = oldest_day(form, "registry", TODAY)
    assert until(check("registry", day=first)) == TODAY
