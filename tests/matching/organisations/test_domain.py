"""How many people an organisation needs at least."""

import pytest

from services.matching.organisations.domain import has_team
from services.matching.organisations.values import LegalForm


@pytest.mark.parametrize("form", LegalForm)
def test_two_people_are_a_team_and_one_is_none(form: LegalForm) -> None:
    assert [has_team(form, size) for size in (0, 1, 2)] == [False, False, True]
