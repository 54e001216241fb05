"""A care visit is confirmed by the family."""

import pytest

from services.matching.visits.domain import CareVisit
from shared.errors import IllegalStep
from tests.matching.builders import START


def test_a_help_is_confirmed_once() -> None:
    visit = CareVisit(
        visit_id="vis_1",
        match_id="mat_1",
        case_id="cas_1",
        guardian_id="gua_1",
        region="ZR",
        need_id="ned_1",
        category="food_aid",
        given_on=START.date(),
        recorded_by="G",
    ).confirm(START)

    with pytest.raises(IllegalStep, match="visit_already_confirmed"):
        visit.confirm(START)
    other = visit.correct("ned_2", "animal_care", visit.given_on, given=True, by_headquarters=True)
    assert (other.need_id, other.confirmed_at) == ("ned_2", None)
