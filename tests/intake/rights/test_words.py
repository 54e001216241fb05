"""Who read a family's data, by which right, and what was done, are codes that have words."""

import ast
import re
from pathlib import Path

import services
from services.intake.call_backs.queries import CALL
from services.intake.cases.coordination import keeping
from services.intake.cases.coordination.taking import HANDED_OVER, TAKEN_OVER
from services.intake.cases.domain import OUTCOME_MISSING, TAKE_ESCALATION, TAKE_REMINDER
from services.intake.corrections.use_cases import CORRECT
from services.intake.families.policy import BY_CONSENT, BY_DISCLOSURE
from services.intake.requests.recipients import SEND_MESSAGE
from services.intake.rights import queries
from services.intake.sign_ins.recipients import SEND_CODE
from shared.principal import system
from shared.readings.queries import SHOW_LOG
from shared.reference.code_lists import shipped
from tests.guards.code import modules

ROLES, PURPOSES = (shipped()[name].codes for name in ("acting_role", "reading_purpose"))
POLICIES = sorted(Path(services.__file__).parent.glob("*/policy.cedar"))


def test_every_role_of_the_policies_has_words() -> None:
    roles = {
        role for each in POLICIES for role in re.findall(r'Role::"(\w+)"', each.read_text("utf-8"))
    }

    assert {"regional_hq", "family"} < roles
    assert roles | {system("sweep").role} <= {*ROLES}


def test_every_right_by_which_something_is_read_has_words() -> None:
    ours = {queries.HELP, queries.OWN_VIEW, queries.EXPORT, SHOW_LOG, CORRECT}
    offices = {BY_CONSENT, BY_DISCLOSURE}

    assert ours | offices | {SEND_MESSAGE, SEND_CODE, CALL} <= {*PURPOSES}


def steps() -> set[str]:
    """The steps that the code writes into the history of a case by their codes."""
    return {
        str(code.value)
        for module in modules("services/intake")
        for node in module.nodes
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record"
        for code in node.args[1:2]
        if isinstance(code, ast.Constant)
    }


def test_every_step_of_a_case_has_words() -> None:
    told = {TAKE_REMINDER, TAKE_ESCALATION, OUTCOME_MISSING, TAKEN_OVER, HANDED_OVER}
    told |= {keeping.RECEIVED, keeping.ASKED_AGAIN}
    by_name = {"match_declined", "match_cancelled", "family_merged", "family_merge_undone"}
    found = steps()

    assert {"reopened", "closed"} <= found
    assert found | told | by_name <= {*shipped()["case_step"].codes}
