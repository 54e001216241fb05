"""Clients of AWS as the operator has set them up, and what is said where they cannot be made."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError

from infra.deployment import cloud
from infra.services import INFRA, ROOT
from tests.infra.deploy_account import REGION, Account


def test_every_command_works_in_the_region_that_the_aws_command_takes(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert cloud.client("sqs").meta.region_name == "eu-west-1"
    monkeypatch.setenv("AWS_REGION", REGION)
    assert cloud.client("sqs").meta.region_name == REGION
    monkeypatch.setenv("AWS_REGION", "")  # as a pipeline sets it whose variable is not there
    assert cloud.client("sqs").meta.region_name == "eu-west-1"
    calls = "boto3.client("
    assert [path.name for path in INFRA.rglob("*.py") if calls in path.read_text()] == ["cloud.py"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "localhost:4566"),
        ("AWS_ENDPOINT_URL_SQS", "http://[::1"),
        ("AWS_MAX_ATTEMPTS", "many"),
    ],
)
def test_a_mistyped_setting_of_aws_clients_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv(name, value)
    with pytest.raises(BotoCoreError, match=r"^AWS clients cannot be made: .+ AWS_ENDPOINT_URL"):
        cloud.client("sqs")


# A profile says how credentials are had: by a program, or by a role with a code of a second factor.
PROFILES = """
[profile of-a-program]
region = eu-central-1
credential_process = /nothing/there
[profile of-a-token]
region = eu-central-1
role_arn = arn:aws:iam::123456789012:role/pipeline
web_identity_token_file = /nothing/there
[profile of-a-role]
region = eu-central-1
source_profile = of-a-person
role_arn = arn:aws:iam::123456789012:role/operator
mfa_serial = arn:aws:iam::123456789012:mfa/person
[profile of-a-person]
aws_access_key_id = x
aws_secret_access_key = x
"""


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        ("of-a-program", r"AWS clients cannot be made: .*'/nothing/there'.* AWS_PROFILE"),
        ("of-a-token", r"AWS clients cannot be made: .*'/nothing/there'.* AWS_PROFILE"),
        ("of-a-role", r"second factor.* no terminal"),
    ],
)
def test_credentials_that_cannot_be_had_are_told_in_a_sentence(
    tmp_path: Path, profile: str, why: str
) -> None:
    (tmp_path / "config").write_text(PROFILES)
    asked = {"AWS_PROFILE": profile, "AWS_CONFIG_FILE": str(tmp_path / "config")}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-m", "infra.machine_tokens", "list", "--stage", "test"],
        cwd=ROOT, env=plain | asked, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, start_new_session=True,  # so that it has no terminal
    )  # fmt: skip
    assert re.search(why, done.stderr), done.stderr
    assert "Traceback" not in done.stderr and done.returncode == 1
