"""`python -m infra.deploy test` in a toy account."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from infra import deploy
from infra.configuration import reference_table
from tests.infra.deploy_account import (
    ACKNOWLEDGED,
    REGION,
    WHOLE,
    Account,
    identity_of,
    toy_package,
)

# What a real platform would tell.
TOLD = {
    "DomainTarget": "d-1.example.org",
    "AlarmTopicArn": "topic",
    "ReferenceTableName": "regions",
}


@pytest.fixture
def command(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """`python -m infra.deploy test` in that account: what it uses, and what is typed."""
    facts = account.facts | WHOLE | {"PythonRuntime": "python3.12"} | TOLD
    made: dict[str, Any] = {
        "facts_of": Mock(side_effect=lambda _: dict(facts)),
        "package": Mock(return_value=toy_package(tmp_path)),
        "read_stage": Mock(return_value="regions of the stage"),
        "read_code_lists": Mock(return_value="codes of the stage"),
        "check_channels": Mock(),
        "check_telephony": Mock(),
        "check_alarms": Mock(),
        "_clients": lambda: account,
        "PAUSE": 0,
    }
    for name, part in made.items():
        monkeypatch.setattr(deploy, name, part)
    made["publish"], made["input"] = Mock(), Mock(return_value="y")
    monkeypatch.setattr(reference_table, "publish", made["publish"])
    monkeypatch.setattr("builtins.input", made["input"])
    monkeypatch.setattr("sys.argv", ["deploy", "test", *ACKNOWLEDGED])
    gateway = Mock(**{"get_account.return_value": {"cloudwatchRoleArn": "role"}})
    gateway.meta.region_name = REGION
    issued = {"Status": "ISSUED", "SubjectAlternativeNames": ["api.example.org"]}
    acm = Mock(**{"describe_certificate.return_value": {"Certificate": issued}})
    others = {"acm": acm, "apigateway": gateway, "sns": Mock(), "sts": identity_of("123456789012")}
    account.clients |= others
    return made
