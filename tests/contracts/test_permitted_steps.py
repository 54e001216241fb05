"""What every answer of the tests is asked about its next steps finds steps of other roles."""

import pytest

from shared.principal import Principal
from tests.support.permitted_steps import strange


@pytest.mark.parametrize(
    ("service", "role", "offered", "wrong"),
    [
        ("intake", "hotline_operator", ("triage", "take", "add", "leave_note"), {"triage", "take"}),
        ("intake", None, ("triage", "withdraw"), {"triage"}),
        ("matching", "family", ("sign_participation_agreement", "decline"),
         {"sign_participation_agreement"}),
        ("cards", "district_office", ("unblock", "revoke", "pause"), {"unblock", "pause"}),
        ("notifications", "partner_manager", ("publish_wording",), {"publish_wording"}),
    ],
)  # fmt: skip
def test_a_step_that_a_role_may_never_take_is_found(
    service: str, role: str | None, offered: tuple[str, ...], wrong: set[str]
) -> None:
    caller = Principal("usr_1", "person", role, roles=(role,)) if role else None

    assert strange(service, caller, offered) == wrong
