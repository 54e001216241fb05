"""The rules of each legal form: its registration numbers, its team, its checks and their validity.

A check is valid for the number of days in the table, counted from the day on which it was made.
"""

from collections.abc import Mapping
from typing import NamedTuple

from services.matching.organisations.values import CheckCode, LegalForm, TeamKind

YEAR = 365
# The training of a guardian's people; like a check it is repeated.
TRAINING, TRAINING_DAYS = "training", 3 * YEAR
# Groups that are no organisation themselves: one answers for them.
INFORMAL = (TeamKind.VOLUNTEER_GROUP, TeamKind.INITIATIVE_GROUP)


class FormRules(NamedTuple):
    """What the programme asks of organisations of one legal form."""

    inn_digits: int
    ogrn_digits: int
    smallest_team: int
    checks: Mapping[CheckCode, int]


def _of_company(**checks: int) -> FormRules:
    required = {CheckCode(code): days for code, days in checks.items()}
    return FormRules(inn_digits=10, ogrn_digits=13, smallest_team=2, checks=required)


RULES: Mapping[LegalForm, FormRules] = {
    LegalForm.EDUCATIONAL_ORGANIZATION: _of_company(
        registry=YEAR, documents=3 * YEAR, licence=3 * YEAR
    ),
    LegalForm.SOCIALLY_ORIENTED_NGO: _of_company(
        registry=YEAR, documents=3 * YEAR, reputation=2 * YEAR
    ),
    LegalForm.STATE_BUDGET_INSTITUTION: _of_company(
        registry=YEAR, documents=3 * YEAR, founder_consent=3 * YEAR
    ),
    LegalForm.COMMERCIAL_ORGANIZATION: _of_company(
        registry=YEAR, documents=3 * YEAR, reputation=2 * YEAR
    ),
    LegalForm.SOLE_PROPRIETOR_WITH_TEAM: FormRules(
        inn_digits=12,
        ogrn_digits=15,
        smallest_team=2,
        checks={CheckCode.REGISTRY: YEAR, CheckCode.DOCUMENTS: 3 * YEAR, CheckCode.TEAM: YEAR},
    ),
}
# A check that a legal form does not need and that was made all the same.
UNASKED_DAYS = YEAR


def needs_host(legal_form: LegalForm, team_kind: TeamKind) -> bool:
    """Return whether an organisation answers for the group; a proprietor answers himself."""
    lone = legal_form is LegalForm.SOLE_PROPRIETOR_WITH_TEAM
    return team_kind in INFORMAL and not lone


def has_team(legal_form: LegalForm, team_size: int) -> bool:
    """Return whether enough people take part: one person alone is no guardian."""
    return team_size >= RULES[legal_form].smallest_team
