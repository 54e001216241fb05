"""Everything intake may refuse with has a Russian text, and every step a label."""

import re
import tomllib
from pathlib import Path

import pytest

from services.intake.call_backs.domain import CallBack
from services.intake.cases.domain import Case
from services.intake.families.domain import Family
from services.intake.hand_overs.domain import HandOver
from services.intake.requests.domain import Request
from shared.reference.code_lists import shipped

SERVICE = Path("services/intake")
TEXTS = {
    name: text
    for file in (Path("shared/problems.toml"), SERVICE / "problems.toml")
    for name, text in tomllib.loads(file.read_text(encoding="utf-8")).items()
}


@pytest.mark.requirement("X-14")
def test_every_refusal_has_a_text_with_a_next_step_in_russian() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in SERVICE.rglob("*.py"))
    refusals = set(
        re.findall(r'(?:Invalid|IllegalStep|Gone|RateLimited|_refusal)\(\s*"(\w+)"', code)
    )

    assert refusals <= set(TEXTS)
    for name in refusals:
        assert re.search("[а-яё]", TEXTS[name]["title"])
        assert re.search("[а-яё]", TEXTS[name]["detail"])


def test_every_next_step_has_a_label() -> None:
    machines = (CallBack, Case, Family, Request, HandOver)
    steps = {step for each in machines for steps in each.STEPS.values() for step in steps}

    assert steps <= {*shipped()["intake_step"].codes}
